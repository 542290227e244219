using System.Xml.Linq;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>What slices say of themselves in their endpoints' summaries, from the documentation file beside the program.</summary>
static class Summaries
{
    static readonly Lazy<Dictionary<string, string>> All = new(Read);

    /// <summary>The summary of a type, or of the type it is nested in; null where there is none.</summary>
    public static string? Of(Type? type)
    {
        while (type?.DeclaringType is { } outer)
            type = outer;
        return type is null ? null : All.Value.GetValueOrDefault("T:" + type.FullName);
    }

    static Dictionary<string, string> Read()
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"{typeof(Summaries).Assembly.GetName().Name}.xml");
        return File.Exists(file)
            ? XDocument
                .Load(file)
                .Descendants("member")
                .Where(m => m.Element("summary") is not null)
                .ToDictionary(m => m.Attribute("name")!.Value, m => Text(m.Element("summary")!))
            : [];
    }

    static string Text(XElement summary)
    {
        foreach (var reference in summary.Elements("see").ToArray())
            reference.ReplaceWith(reference.Attribute("cref")?.Value.Split('.', '`')[^1] ?? "");
        return string.Join(' ', summary.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
