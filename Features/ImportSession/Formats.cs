using AiEditor.Persistence.Infrastructure.Archives;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>Turns a file into lines of an archive, a session line before the rows of each session.</summary>
interface IFormat
{
    /// <summary>Throws <see cref="BadFileException"/> where the file is damaged.</summary>
    IAsyncEnumerable<Line> ReadAsync(Stream file, SkipList skipped);

    /// <summary>Whether a line that breaks a rule spoils the file; otherwise it is left out and counted.</summary>
    bool IsStrict { get; }
}

static class Formats
{
    public static readonly IReadOnlyDictionary<string, IFormat> All = new Dictionary<string, IFormat>
    {
        [ChatGpt.Name] = new ForeignFormat(ChatGpt.Name, ChatGpt.Find),
        [LibreChat.Name] = new ForeignFormat(LibreChat.Name, LibreChat.Find),
        [OpenWebUi.Name] = new ForeignFormat(OpenWebUi.Name, OpenWebUi.Find),
        [Bolt.Name] = new ForeignFormat(Bolt.Name, Bolt.Find),
    };

    public static IFormat Of(string name) => All.GetValueOrDefault(name) ?? new NativeFormat();
}

/// <summary>What was left out, and why.</summary>
sealed class SkipList
{
    readonly Dictionary<string, long> reasons = [];

    public IReadOnlyDictionary<string, long> Reasons => reasons;

    public void Add(string reason) => reasons[reason] = reasons.GetValueOrDefault(reason) + 1;

    /// <summary>The same where something was expected.</summary>
    public T? Add<T>(string reason)
        where T : class
    {
        Add(reason);
        return null;
    }
}

/// <summary>A file that cannot be read: where, and why.</summary>
sealed class BadFileException(string place, params string[] reasons) : Exception
{
    public IReadOnlyDictionary<string, string[]> Errors => new Dictionary<string, string[]> { [place] = reasons };
}
