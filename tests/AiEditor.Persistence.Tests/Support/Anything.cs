using CsCheck;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>Generators of whatever the contract lets a client send.</summary>
static class Anything
{
    /// <summary>Where text tends to break: line ends, a byte order mark, noncharacters, controls, marks that join or turn.</summary>
    static readonly string[] Troublemakers =
    [
        "\r\n",
        "\r",
        "\u0001",
        "\u007F",
        "\u0085",
        "\u2028",
        "\uFEFF",
        "\uFFFD",
        "\uFFFF",
        "\U0010FFFF",
        "e\u0301",
        "\u202Eשלום\u202C",
        "👩\u200D👩\u200D👧",
        "\"",
        "\\",
        "\\u0000",
        " ",
    ];

    /// <summary>Unicode without U+0000, half of it troublesome; perhaps empty.</summary>
    public static readonly Gen<string> Text = Gen.Frequency(
            (2, Gen.Int[0, Troublemakers.Length - 1].Select(i => Troublemakers[i])),
            (1, Runes(0x1, 0x7F)),
            (1, Runes(0x590, 0x6FF)),
            (1, Runes(0xE000, 0xFFFF)),
            (1, Runes(0x10000, 0x10FFFF))
        )
        .Array[0, 40]
        .Select(string.Concat);

    /// <summary>The text of a JSON number with up to 30 digits, within the range of a double.</summary>
    static readonly Gen<string> Number = Gen.Select(
        Gen.OneOf("", "-"),
        Gen.Int[0, 9].Array[1, 15],
        Gen.Int[0, 9].Array[0, 15],
        Gen.Int[-290, 290],
        Gen.Int[0, 2],
        (sign, whole, fraction, exponent, form) =>
            sign
            + (string.Concat(whole).TrimStart('0') is { Length: > 0 } digits ? digits : "0")
            + (fraction.Length > 0 ? "." + string.Concat(fraction) : "")
            + (form == 0 ? $"e{exponent}" : "")
    );

    static readonly Gen<string> Value = Gen.Recursive<string>(
        (depth, below) =>
            depth == 4
                ? Gen.OneOf(Number, Text.Select(Quoted))
                : Gen.Frequency(
                    (3, Number),
                    (3, Text.Select(Quoted)),
                    (1, Gen.OneOf("true", "false", "null")),
                    (1, below.Array[0, 3].Select(items => $"[{string.Join(", ", items)}]")),
                    (1, Members(below))
                )
    );

    /// <summary>The text of a JSON object that is no larger than metadata may be.</summary>
    public static readonly Gen<string> Object = Members(Value);

    /// <summary>A JSON string with everything as it is but for what must be escaped.</summary>
    public static string Quoted(string text) =>
        $"\"{string.Concat(text.Select(c => c is < ' ' or '"' or '\\' ? $"\\u{(int)c:x4}" : $"{c}"))}\"";

    static Gen<string> Runes(int first, int last) => Gen.Int[first, last].Select(char.ConvertFromUtf32);

    static Gen<string> Members(Gen<string> value) =>
        Gen.Select(Text, value)
            .Array[0, 4]
            .Select(members =>
                $"{{ {string.Join(" , ", members.DistinctBy(m => m.Item1).Select(m => $"{Quoted(m.Item1)} : {m.Item2}"))} }}"
            );
}
