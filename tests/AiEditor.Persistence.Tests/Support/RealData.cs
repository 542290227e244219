using System.Text.Json;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>Real conversations and components, where the folder with them lies beside the project.</summary>
static class RealData
{
    /// <summary>The project's root: the folder with the solution in it.</summary>
    public static string Root { get; } = FindRoot();

    static string Folder => Path.Combine(Root, "..", "shared", "data");

    public static IReadOnlyList<JsonElement> Read(string file) =>
        [
            .. File.ReadLines(Find(file))
                .Where(line => line.Length > 0)
                .Select(line => JsonDocument.Parse(line).RootElement),
        ];

    /// <summary>A file as it is.</summary>
    public static byte[] Bytes(string file) => File.ReadAllBytes(Find(file));

    static string Find(string file)
    {
        var path = Path.Combine(Folder, file);
        if (!File.Exists(path))
            Assert.Ignore($"There is no ../shared/data/{file} beside the project; this test needs it.");
        return path;
    }

    static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "AiEditor.Persistence.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside the project.");
        return folder.FullName;
    }
}
