using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>How JSON looks on the wire, in both directions.</summary>
public static class Wire
{
    public static readonly JavaScriptEncoder Encoder = new MinimalEncoder();

    /// <summary>Deeper documents are refused.</summary>
    public const int MaxDepth = 64;

    public static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };

    public static readonly JsonSerializerOptions Options = Configure(new JsonSerializerOptions());

    /// <summary>
    /// The same for requests, which may hold nothing unknown. Answers may grow, so only requests are this strict. Duplicates were
    /// refused when the document was parsed.
    /// </summary>
    public static readonly JsonSerializerOptions Requests = new(Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = true,
    };

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.AllowDuplicateProperties = false;
        options.MaxDepth = MaxDepth;
        options.Encoder = Encoder;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        options.Converters.Add(new OptionalConverter());
        return options;
    }

    /// <summary>An enum's member from its name on the wire.</summary>
    public static T Value<T>(string name)
        where T : struct, Enum => Names<T>.All[name];

    /// <summary>The name on the wire of an enum's member.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum => Names<T>.Of[value];

    /// <summary>The names on the wire of an enum's members.</summary>
    public static IEnumerable<string> Values<T>()
        where T : struct, Enum => Names<T>.All.Keys;

    static class Names<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<string, T> All = Enum.GetValues<T>().ToDictionary(v => Name(v.ToString()));
        public static readonly Dictionary<T, string> Of = All.ToDictionary(n => n.Value, n => n.Key);
    }

    /// <summary>A C# name as the wire spells it.</summary>
    public static string Name(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
