using System.Text;
using System.Text.RegularExpressions;
using AiEditor.Persistence.Infrastructure.Archives;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>
/// The files that bolt.diy's messages write, each action a whole new file. A .jsx or .tsx is a component, and a .css of the
/// same name beside it is its stylesheet.
/// </summary>
sealed partial class Workbench(DateTime otherwiseAt, SkipList skipped)
{
    const int PathAtMost = 255;

    readonly Dictionary<string, List<Written>> files = [];
    string? latest;

    sealed record Written(string Path, string Jsx, string Css, DateTime At);

    public void Read(Said message)
    {
        foreach (Match artifact in Artifact().Matches(message.Text))
        {
            var end = 0;
            foreach (Match action in Action().Matches(artifact.Value))
            {
                end = action.Index + action.Length;
                if (Attribute(action, "type") != "file" || Attribute(action, "filePath") is not { } path)
                    skipped.Add("command or query in a message");
                else
                    Write(path, Body(path, action.Groups["body"].Value), message.At ?? otherwiseAt);
            }
            if (artifact.Value.IndexOf("<boltAction", end, StringComparison.Ordinal) >= 0)
                skipped.Add("file that breaks off");
        }
    }

    void Write(string path, string body, DateTime at)
    {
        var (name, extension) = (Path.ChangeExtension(path, null), Path.GetExtension(path));
        if (extension is not (".jsx" or ".tsx" or ".css"))
        {
            skipped.Add("file that is no component");
            return;
        }
        // Here rather than later, so that no component lacks a version in between.
        if (path.Length > PathAtMost || Encoding.UTF8.GetByteCount(body) > Rules.MiB || (path + body).Contains('\0'))
        {
            skipped.Add("file that is too large or cannot be stored");
            return;
        }
        if (!files.TryGetValue(name, out var versions))
            files[name] = versions = [];
        var before = versions.Count > 0 ? versions[^1] : new Written(path, "", "", at);
        var now = extension is ".css"
            ? before with
            {
                Css = body,
                At = at,
            }
            : before with
            {
                Path = path,
                Jsx = body,
                At = at,
            };
        if ((now.Jsx, now.Css) == (before.Jsx, before.Css))
            return;
        versions.Add(now);
        latest = now.Jsx.Length > 0 ? name : latest;
    }

    /// <summary>Each with its superseded versions behind it. The one written last is the current one.</summary>
    public IEnumerable<Line> Components()
    {
        foreach (var (name, all) in files)
        {
            // A stylesheet that came before its component.
            var versions = all.Where(v => v.Jsx.Length > 0).ToArray();
            if (versions.Length == 0)
            {
                skipped.Add("stylesheet without a component");
                continue;
            }
            yield return Component(versions, isCurrent: name == latest);
            for (var i = 0; i < versions.Length - 1; i++)
                yield return new VersionLine
                {
                    Version = i + 1,
                    Name = versions[i].Path,
                    JsxCode = versions[i].Jsx,
                    CssCode = versions[i].Css,
                    ComponentType = "component",
                    Metadata = Json.Empty,
                    CreatedAt = versions[i].At,
                };
        }
    }

    static ComponentLine Component(Written[] versions, bool isCurrent)
    {
        var now = versions[^1];
        return new ComponentLine
        {
            ClientId = Guid.CreateVersion7(),
            Version = versions.Length,
            VersionCreatedAt = now.At,
            Name = now.Path,
            JsxCode = now.Jsx,
            CssCode = now.Css,
            ComponentType = "component",
            IsCurrent = isCurrent,
            Metadata = Json.Empty,
            CreatedAt = versions[0].At,
            UpdatedAt = now.At,
        };
    }

    /// <summary>As bolt.diy itself reads it: no fence around it, brackets spelt out, one newline at the end.</summary>
    static string Body(string path, string text)
    {
        var body = text.Trim();
        if (!path.EndsWith(".md", StringComparison.Ordinal))
        {
            if (Fence().Match(body) is { Success: true } fence)
                body = fence.Groups[1].Value;
            body = body.Replace("&lt;", "<").Replace("&gt;", ">");
        }
        return body.Length == 0 ? "" : body + "\n";
    }

    static string? Attribute(Match action, string name) =>
        Regex.Match(action.Groups["attributes"].Value, $"\\b{name}=\"([^\"]*)\"") is { Success: true } match
            ? match.Groups[1].Value
            : null;

    [GeneratedRegex(
        "<boltArtifact\\b[^>]*>.*?(?:</boltArtifact>|\\z)",
        RegexOptions.Singleline | RegexOptions.NonBacktracking
    )]
    private static partial Regex Artifact();

    [GeneratedRegex(
        "<boltAction\\b(?<attributes>[^>]*)>(?<body>.*?)</boltAction>",
        RegexOptions.Singleline | RegexOptions.NonBacktracking
    )]
    private static partial Regex Action();

    [GeneratedRegex(@"\A\s*```[^\n]*\n(.*?)\n?```\s*\z", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
