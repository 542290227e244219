using System.Text;
using AiEditor.Persistence.Infrastructure.Observability;
using AiEditor.Persistence.Tests.Support;
using Serilog.Events;
using Serilog.Formatting.Display;
using Serilog.Parsing;

namespace AiEditor.Persistence.Tests.Infrastructure;

/// <summary>The log's lines on their way out, when whoever reads them is quick, slow or gone.</summary>
public sealed class LineBufferTests
{
    static readonly MessageTemplateTextFormatter Formatter = new("{Message:lj}\n");

    [Test]
    public void What_is_gathered_is_written_in_order_when_it_ends_and_afterwards_at_once()
    {
        using var pipe = new Pipe();
        var buffer = new LineBuffer(Formatter, pipe);

        buffer.Emit(Line("one ✓"));
        buffer.Emit(Line("two"));
        buffer.Dispose();
        Assert.That(pipe.Text, Is.EqualTo("one ✓\ntwo\n"));
        buffer.Emit(Line("last"));

        Assert.That(pipe.Text, Is.EqualTo("one ✓\ntwo\nlast\n"));
    }

    [Test]
    public async Task Nothing_has_to_end_for_a_line_to_be_written()
    {
        using var pipe = new Pipe();
        using var buffer = new LineBuffer(Formatter, pipe);

        buffer.Emit(Line("one"));
        await Until.TrueAsync(() => pipe.Text == "one\n", "the first line is written");
        buffer.Emit(Line("two"));

        await Until.TrueAsync(() => pipe.Text == "one\ntwo\n", "the second line is written");
    }

    [Test]
    public async Task Nobody_waits_for_a_reader_that_stopped_and_what_did_not_fit_is_counted_and_told()
    {
        using var pipe = new Pipe();
        using var buffer = new LineBuffer(Formatter, pipe);
        pipe.Fill(true);
        buffer.Emit(Line("first"));
        await Until.TrueAsync(() => pipe.IsWaiting, "the pipe is full");
        var text = new string('x', 64 * 1024 - 1);

        for (var i = 0; i < 100; i++)
            buffer.Emit(Line(text));
        pipe.Fill(false);

        await Until.TrueAsync(
            () => pipe.Text.Contains("36 lines of this log were lost", StringComparison.Ordinal),
            "told"
        );
        Assert.That(pipe.Text.Split('\n').Count(line => line == text), Is.EqualTo(64));
    }

    static LogEvent Line(string text) =>
        new(DateTimeOffset.UtcNow, LogEventLevel.Information, null, new MessageTemplate([new TextToken(text)]), []);

    /// <summary>Takes what is written, unless it is full.</summary>
    sealed class Pipe : MemoryStream
    {
        readonly Lock gate = new();
        readonly ManualResetEventSlim room = new(true);
        volatile bool isWaiting;

        public bool IsWaiting => isWaiting;

        public string Text
        {
            get
            {
                lock (gate)
                    return Encoding.UTF8.GetString(ToArray());
            }
        }

        public void Fill(bool full)
        {
            if (full)
                room.Reset();
            else
                room.Set();
        }

        // The base class turns the one with a span into this one.
        public override void Write(byte[] buffer, int offset, int count)
        {
            isWaiting = !room.IsSet;
            room.Wait();
            lock (gate)
                base.Write(buffer, offset, count);
        }
    }
}
