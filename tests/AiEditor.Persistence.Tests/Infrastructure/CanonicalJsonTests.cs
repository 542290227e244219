using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Tests.Support;
using CsCheck;

namespace AiEditor.Persistence.Tests.Infrastructure;

public sealed class CanonicalJsonTests
{
    // RFC 8785, appendix B: the double's bits, and how it is spelled.
    [TestCase(0x0000000000000000UL, "0")]
    [TestCase(0x8000000000000000UL, "0")]
    [TestCase(0x0000000000000001UL, "5e-324")]
    [TestCase(0x8000000000000001UL, "-5e-324")]
    [TestCase(0x7fefffffffffffffUL, "1.7976931348623157e+308")]
    [TestCase(0xffefffffffffffffUL, "-1.7976931348623157e+308")]
    [TestCase(0x4340000000000000UL, "9007199254740992")]
    [TestCase(0xc340000000000000UL, "-9007199254740992")]
    [TestCase(0x4430000000000000UL, "295147905179352830000")]
    [TestCase(0x44b52d02c7e14af5UL, "9.999999999999997e+22")]
    [TestCase(0x44b52d02c7e14af6UL, "1e+23")]
    [TestCase(0x44b52d02c7e14af7UL, "1.0000000000000001e+23")]
    [TestCase(0x444b1ae4d6e2ef4eUL, "999999999999999700000")]
    [TestCase(0x444b1ae4d6e2ef4fUL, "999999999999999900000")]
    [TestCase(0x444b1ae4d6e2ef50UL, "1e+21")]
    [TestCase(0x3eb0c6f7a0b5ed8cUL, "9.999999999999997e-7")]
    [TestCase(0x3eb0c6f7a0b5ed8dUL, "0.000001")]
    [TestCase(0x41b3de4355555553UL, "333333333.3333332")]
    [TestCase(0x41b3de4355555554UL, "333333333.33333325")]
    [TestCase(0x41b3de4355555555UL, "333333333.3333333")]
    [TestCase(0x41b3de4355555556UL, "333333333.3333334")]
    [TestCase(0x41b3de4355555557UL, "333333333.33333343")]
    [TestCase(0xbecbf647612f3696UL, "-0.0000033333333333333333")]
    [TestCase(0x43143ff3c1cb0959UL, "1424953923781206.2")]
    public void Numbers_are_spelled_as_the_standard_spells_them(ulong bits, string expected)
    {
        var shortest = BitConverter.UInt64BitsToDouble(bits).ToString("R", CultureInfo.InvariantCulture);

        Assert.That(CanonicalJson.Number(shortest), Is.EqualTo(expected));
    }

    [TestCase("1", "1.0", "1e0", "1E+0", "10e-1", "0.1e1", "1.000")]
    [TestCase("0", "-0", "0.0", "-0.0e5", "0e-7")]
    [TestCase("-120", "-1.2e2", "-120.0", "-12e1")]
    [TestCase("0.000001", "1e-6", "0.0000010")]
    [TestCase("1e-7", "0.0000001", "10e-8")]
    [TestCase("100000000000000000000", "1e20", "1e+20")]
    [TestCase("1e+21", "1000000000000000000000", "1e21")]
    public void Spellings_of_one_number_become_one(string canonical, params string[] spellings)
    {
        Assert.That(
            spellings.Append(canonical).Select(CanonicalJson.Number).Distinct(),
            Is.EqualTo(new[] { canonical })
        );
    }

    [Test]
    public void No_digit_is_lost_where_a_double_would_lose_it()
    {
        string[] exact =
        [
            "9007199254740992",
            "9007199254740993",
            "0.1",
            "0.10000000000000001",
            "123456789012345678901.5",
        ];

        Assert.That(exact.Select(CanonicalJson.Number), Is.Unique);
        Assert.That(CanonicalJson.Number("9007199254740993"), Is.EqualTo("9007199254740993"));
    }

    [Test]
    public void A_double_spelled_canonically_is_the_same_double_and_stays_spelled_so()
    {
        Gen.Double.Where(double.IsFinite)
            .Sample(value =>
            {
                var canonical = CanonicalJson.Number(value.ToString("R", CultureInfo.InvariantCulture));
                return double.Parse(canonical, CultureInfo.InvariantCulture) == value
                    && CanonicalJson.Number(canonical) == canonical
                    && CanonicalJson.Number(value.ToString("E16", CultureInfo.InvariantCulture)) is { } precise
                    && double.Parse(precise, CultureInfo.InvariantCulture) == value;
            });
    }

    // RFC 8785, sections 3.2.2 and 3.2.3.
    [TestCase(
        """
            {
              "numbers": [333333333.3333333, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """,
        """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}"""
    )]
    [TestCase(
        """
            {
              "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
              "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
            }
            """,
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\","
            + "\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}"
    )]
    [TestCase("""{ "b" : [ ] , "a" : { } , "" : "" }""", """{"":"","a":{},"b":[]}""")]
    [TestCase("""["\b\f\t\u001f\u007f<>&+\u2028"]""", "[\"\\b\\f\\t\\u001f\u007f<>&+\u2028\"]")]
    public void Texts_are_sorted_and_escaped_as_the_standard_says(string json, string expected)
    {
        Assert.That(Canonical(json), Is.EqualTo(expected));
    }

    // The hashes stand in receipts: what was said once must have the same one forever, with and without escapes.
    [TestCase(
        """{"role":"user","content":"A \"red\" button,\nplease: é 😀","metadata":{"€":1E30,"big":9007199254740993,"a/b":[true,1,"x\\y"],"":null}}"""
    )]
    [TestCase(
        """{"r\u006fle":"\u0075ser","content":"A \u0022red\u0022 button,\u000aplease: \u00e9 \ud83d\ude00","metadata":{"big":9007199254740993.0,"a\/b":[true,1.0,"x\u005cy"],"\u20ac":1e+30,"":null}}"""
    )]
    public void A_hash_that_was_once_taken_stays(string json)
    {
        var (body, problem) = StrictBody.Read(Encoding.UTF8.GetBytes(json));

        Assert.That(problem, Is.Null);
        Assert.That(
            Convert.ToHexStringLower(body!.Hash),
            Is.EqualTo("e0037fc21908440032460b8bfc2d16e71613c04ee85939036077be4385d06075")
        );
    }

    [Test]
    public async Task A_retry_may_be_spelled_otherwise_but_not_mean_another_number()
    {
        var user = Actor.New();
        var session = await user.SessionPath();
        var key = Guid.NewGuid().ToString();

        var first = await Save(
            """{"role": "user", "content": "\u0041", "metadata": {"n": 1, "big": 9007199254740993}}"""
        );
        var again = await Save("""{"metadata":{"big":9007199254740993.0,"n":1.0e0},"content":"A","role":"user"}""");
        var other = await Save("""{"role": "user", "content": "A", "metadata": {"n": 1, "big": 9007199254740992}}""");

        Assert.That((first.Status, first.Replayed), Is.EqualTo((201, false)));
        Assert.That((again.Status, again.Replayed, again.Text), Is.EqualTo((201, true, first.Text)));
        Assert.That((other.Status, other.Code), Is.EqualTo((422, "idempotency_key_reused")));

        Task<Answer> Save(string body) => user.Post($"{session}/messages", body, ("Idempotency-Key", key));
    }

    static string Canonical(string json)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var document = JsonDocument.Parse(json);
        CanonicalJson.Write(document.RootElement, bytes);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
