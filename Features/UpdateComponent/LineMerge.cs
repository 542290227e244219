using DiffPlex;
using DiffPlex.Model;

namespace AiEditor.Persistence.Features.UpdateComponent;

/// <summary>
/// Three-way merge of text, line by line. Lines keep their ends, so that what comes out is byte for byte what went in.
/// Changes of both sides that overlap or touch contradict each other, unless they are the same.
/// </summary>
static class LineMerge
{
    /// <summary>
    /// Differences are looked for in so many lines, which takes 20 ms at worst; a row lock is held meanwhile. What is longer,
    /// without the lines that both begin and end with, counts as changed whole.
    /// </summary>
    const int LinesAtMost = 4000;

    /// <summary>Null when the sides contradict each other.</summary>
    public static string? Of(string common, string mine, string theirs)
    {
        var (lines, ours, others) = (Split(common), Split(mine), Split(theirs));
        var (here, there) = (Changes(lines, ours), Changes(lines, others));
        var merged = new List<string>(lines.Length);
        var (at, i, j) = (0, 0, 0);
        while (i < here.Count || j < there.Count)
        {
            // A region of the common text that one side has changed, or both have where changes touch.
            var (from, left, right) = (Math.Min(Start(here, i), Start(there, j)), i, j);
            var to = from;
            for (var grows = true; grows; )
            {
                grows = false;
                for (; i < here.Count && here[i].Start <= to; i++, grows = true)
                    to = Math.Max(to, here[i].End);
                for (; j < there.Count && there[j].Start <= to; j++, grows = true)
                    to = Math.Max(to, there[j].End);
            }
            var one = Apply(lines, ours, here, left, i, from, to);
            var other = Apply(lines, others, there, right, j, from, to);
            if (i > left && j > right && !one.SequenceEqual(other))
                return null;
            merged.AddRange(lines[at..from]);
            merged.AddRange(i > left ? one : other);
            at = to;
        }
        merged.AddRange(lines[at..]);
        return string.Concat(merged);
    }

    static int Start(List<Change> changes, int index) => index < changes.Count ? changes[index].Start : int.MaxValue;

    /// <summary>A region of the common text as one side has it.</summary>
    static List<string> Apply(string[] lines, string[] side, List<Change> changes, int first, int end, int from, int to)
    {
        var result = new List<string>();
        foreach (var change in changes[first..end])
        {
            result.AddRange(lines[from..change.Start]);
            result.AddRange(side[change.NewStart..change.NewEnd]);
            from = change.End;
        }
        result.AddRange(lines[from..to]);
        return result;
    }

    /// <summary>Lines from Start to End of the common text became those from NewStart to NewEnd.</summary>
    readonly record struct Change(int Start, int End, int NewStart, int NewEnd);

    static List<Change> Changes(string[] common, string[] side)
    {
        var shorter = Math.Min(common.Length, side.Length);
        var head = 0;
        while (head < shorter && common[head] == side[head])
            head++;
        var tail = 0;
        while (tail < shorter - head && common[^(tail + 1)] == side[^(tail + 1)])
            tail++;
        var (before, after) = (common[head..^tail], side[head..^tail]);
        if (before.Length + after.Length > LinesAtMost)
            return [new Change(head, common.Length - tail, head, side.Length - tail)];
        return
        [
            .. Differ
                .Instance.CreateDiffs("b", "a", ignoreWhiteSpace: false, ignoreCase: false, new Lines(before, after))
                .DiffBlocks.Select(block => Shift(block, head)),
        ];
    }

    static Change Shift(DiffBlock block, int by) =>
        new(
            by + block.DeleteStartA,
            by + block.DeleteStartA + block.DeleteCountA,
            by + block.InsertStartB,
            by + block.InsertStartB + block.InsertCountB
        );

    /// <summary>Lines with their ends: LF, CRLF or CR. Joined, they are the text.</summary>
    static string[] Split(string text)
    {
        var lines = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var ends = text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n'));
            if (!ends)
                continue;
            lines.Add(text[start..(i + 1)]);
            start = i + 1;
        }
        if (start < text.Length)
            lines.Add(text[start..]);
        return [.. lines];
    }

    /// <summary>Hands the library the lines that were split here; it asks for those of the old text first.</summary>
    sealed class Lines(string[] before, string[] after) : IChunker
    {
        public IReadOnlyList<string> Chunk(string text) => text == "b" ? before : after;
    }
}
