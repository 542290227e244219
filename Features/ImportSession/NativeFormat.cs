using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using AiEditor.Persistence.Infrastructure.Archives;
using AiEditor.Persistence.Infrastructure.Http;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>Our own archives, line by line: as strict as any request, and whole to the last line.</summary>
sealed class NativeFormat : IFormat
{
    const int LineAtMost = 16 * Rules.MiB;

    public bool IsStrict => true;

    public async IAsyncEnumerable<Line> ReadAsync(Stream file, SkipList skipped)
    {
        var counts = new Counts();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (number, isOver) = (0, false);
        await foreach (var utf8 in LinesAsync(file))
        {
            number++;
            var place = $"line {number}";
            if (isOver)
                throw new BadFileException(place, "stands after the end");
            var body = Read(utf8, place);
            if (number == 1)
                CheckHeader(body, place);
            else
            {
                var line = As<Line>(body, place);
                if (number == 2 != line is SessionLine)
                    throw new BadFileException(place, "the second line, and no other, is the session");
                isOver = line is EndLine;
                if (line is EndLine end)
                    CheckEnd(end, counts, hash, place);
                counts.Count(line);
                yield return line;
            }
            hash.AppendData(utf8.Span);
            hash.AppendData("\n"u8);
        }
        if (!isOver)
            throw new BadFileException($"line {number + 1}", "is missing: the archive is not whole");
    }

    static StrictBody Read(ReadOnlyMemory<byte> utf8, string place)
    {
        var (body, problem) = StrictBody.Read(utf8);
        if (problem is not null)
            throw new BadFileException(place, problem.Detail);
        return body!.Unstorable.Count == 0
            ? body
            : throw new BadFileException(place, [.. body.Unstorable.Select(u => $"{u.Key} {u.Value[0]}")]);
    }

    static T As<T>(StrictBody body, string place)
        where T : class
    {
        try
        {
            var (line, problem) = body.As<T>();
            return problem is null
                ? line!
                : throw new BadFileException(
                    place,
                    $"{string.Join(", ", problem.Errors?.Keys ?? [])} {problem.Detail}".Trim()
                );
        }
        catch (NotSupportedException)
        {
            // The serializer's way to say that a line says nothing of its type.
            throw new BadFileException(place, "type is required, before anything else");
        }
    }

    static void CheckHeader(StrictBody body, string place)
    {
        var header = As<Header>(body, place);
        if (header is not { Format: Header.Name, Version: 1 })
            throw new BadFileException(place, $"is no header of an {Header.Name} of version 1");
    }

    static void CheckEnd(EndLine end, Counts counts, IncrementalHash hash, string place)
    {
        if (end.Counts != counts)
            throw new BadFileException(place, "counts are not those of the lines before");
        if (end.Sha256 != Convert.ToHexStringLower(hash.GetCurrentHash()))
            throw new BadFileException(place, "sha256 is not that of the lines before");
    }

    /// <summary>Each line is good until the next is asked for: they are large, and share one piece of memory.</summary>
    static async IAsyncEnumerable<ReadOnlyMemory<byte>> LinesAsync(Stream file)
    {
        var line = new ArrayBufferWriter<byte>(256 * Rules.KiB);
        var pipe = PipeReader.Create(file, new StreamPipeReaderOptions(bufferSize: 256 * Rules.KiB, leaveOpen: true));
        for (var number = 1; ; )
        {
            var read = await pipe.ReadAsync();
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                line.ResetWrittenCount();
                foreach (var part in rest.Slice(0, end))
                    line.Write(part.Span);
                yield return line.WrittenMemory;
                number++;
                rest = rest.Slice(rest.GetPosition(1, end));
            }
            if (rest.Length > LineAtMost)
                throw new BadFileException($"line {number}", "is longer than 16 MiB");
            if (read.IsCompleted)
            {
                if (rest.Length > 0)
                    throw new BadFileException($"line {number}", "does not end: the archive is not whole");
                break;
            }
            pipe.AdvanceTo(rest.Start, rest.End);
        }
        await pipe.CompleteAsync();
    }
}
