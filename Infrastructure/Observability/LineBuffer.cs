using System.Globalization;
using System.Text;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Parsing;

namespace AiEditor.Persistence.Infrastructure.Observability;

/// <summary>
/// Gathers log lines and writes them together: at a thousand requests a second, a write to the system for each line costs
/// more than the line. Nothing waits longer than a tenth of a second, a warning for nothing, and the last lines are written
/// before the process ends. No request ever waits for whoever reads them: what does not fit is counted, and the count is
/// told once there is room, for a log that cannot be written must neither stop the service nor fill its memory.
/// </summary>
sealed class LineBuffer : ILogEventSink, IDisposable
{
    const int CharsAtMost = 4 * 1024 * 1024;
    const int CharsToWriteAtOnce = 64 * 1024;
    static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);

    /// <summary>For a reader that has stopped reading; the process must end all the same.</summary>
    static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(2);

    static readonly MessageTemplate Lost = new MessageTemplateParser().Parse(
        "{Lines} lines of this log were lost: nobody read it fast enough"
    );

    [ThreadStatic]
    static StringWriter? line;

    readonly ITextFormatter formatter;
    readonly StreamWriter output;
    readonly Lock gate = new();
    readonly Lock writing = new();
    readonly AutoResetEvent begun = new(false);
    readonly AutoResetEvent urgent = new(false);
    readonly Thread writer;
    StringBuilder gathered = new();
    StringBuilder spare = new();
    long lost;
    volatile bool isOver;

    public LineBuffer(ITextFormatter formatter, Stream output)
    {
        this.formatter = formatter;
        this.output = new StreamWriter(output, new UTF8Encoding(false), CharsToWriteAtOnce);
        // A thread of its own, because it may be stopped by a full pipe.
        writer = new Thread(Run) { IsBackground = true, Name = "Log" };
        writer.Start();
        AppDomain.CurrentDomain.ProcessExit += OnEnd;
        AppDomain.CurrentDomain.UnhandledException += OnEnd;
    }

    public void Emit(LogEvent logEvent)
    {
        line ??= new StringWriter(CultureInfo.InvariantCulture);
        var text = line.GetStringBuilder().Clear();
        formatter.Format(logEvent, line);
        bool isFirst,
            isUrgent;
        lock (gate)
        {
            if (gathered.Length + text.Length > CharsAtMost)
            {
                lost++;
                return;
            }
            isFirst = gathered.Length == 0;
            gathered.Append(text);
            isUrgent = logEvent.Level >= LogEventLevel.Warning || gathered.Length > CharsToWriteAtOnce;
        }
        if (isOver)
            Write();
        if (isFirst)
            begun.Set();
        if (isUrgent)
            urgent.Set();
    }

    void Run()
    {
        while (!isOver)
        {
            begun.WaitOne();
            urgent.WaitOne(Delay);
            Write();
        }
        Write();
    }

    void Write()
    {
        lock (writing)
        {
            long missing;
            lock (gate)
            {
                (gathered, spare) = (spare, gathered);
                (missing, lost) = (lost, 0);
            }
            try
            {
                output.Write(spare);
                if (missing > 0)
                    formatter.Format(Tell(missing), output);
                output.Flush();
            }
            catch (IOException)
            {
                // Nobody is left to be told.
            }
            spare.Clear();
        }
    }

    static LogEvent Tell(long missing) =>
        new(
            DateTimeOffset.Now,
            LogEventLevel.Warning,
            null,
            Lost,
            [new LogEventProperty("Lines", new ScalarValue(missing))]
        );

    void OnEnd(object? sender, EventArgs e) => End();

    void End()
    {
        isOver = true;
        begun.Set();
        urgent.Set();
        writer.Join(LastPatience);
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnEnd;
        AppDomain.CurrentDomain.UnhandledException -= OnEnd;
        End();
    }
}
