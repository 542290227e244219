using System.Text;
using AiEditor.Persistence.Infrastructure.Http;
using CsCheck;
using Microsoft.AspNetCore.WebUtilities;

namespace AiEditor.Persistence.Tests.Infrastructure;

public sealed class CursorTests
{
    static readonly string Scope = BackInTime.Scope("messages", 42, 7);

    [Test]
    public void A_cursor_leads_back_to_its_position()
    {
        Gen.Long.Sample(id =>
            Cursor.Read<BackInTime.Position>(Cursor.Write(new BackInTime.Position(id), Scope), Scope)!.Before == id
        );
    }

    [Test]
    public void A_cursor_with_any_bit_flipped_is_none()
    {
        var bytes = WebEncoders.Base64UrlDecode(Cursor.Write(new BackInTime.Position(1234), Scope));

        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(
                Cursor.Read<BackInTime.Position>(WebEncoders.Base64UrlEncode(flipped), Scope),
                Is.Null,
                $"bit {bit}"
            );
        }
    }

    [TestCase("messages", 42, 8)]
    [TestCase("messages", 43, 7)]
    [TestCase("interactions", 42, 7)]
    public void A_cursor_of_another_list_session_or_user_is_none(string list, long sessionId, long userId)
    {
        var foreign = Cursor.Write(new BackInTime.Position(1), BackInTime.Scope(list, sessionId, userId));

        Assert.That(Cursor.Read<BackInTime.Position>(foreign, Scope), Is.Null);
    }

    [TestCase("")]
    [TestCase("-1")]
    [TestCase("0")]
    [TestCase("9223372036854775808")]
    [TestCase("AAAAAAAAAAA")]
    [TestCase("AAAAAAAAAAAA")]
    [TestCase("====")]
    [TestCase("' or 1=1 --")]
    [TestCase("\u0000")]
    [TestCase("😀")]
    public void What_nobody_wrote_is_no_cursor(string text)
    {
        Assert.That(Cursor.Read<BackInTime.Position>(text, Scope), Is.Null);
    }

    [Test]
    public void A_handmade_position_and_a_very_long_text_are_no_cursors()
    {
        var handmade = WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes("""12345678{"before":1}"""));

        Assert.That(Cursor.Read<BackInTime.Position>(handmade, Scope), Is.Null);
        Assert.That(Cursor.Read<BackInTime.Position>(new string('A', 100_000), Scope), Is.Null);
    }

    [Test]
    public void A_good_tag_around_something_else_is_no_cursor()
    {
        var forged = new object[] { new { before = "1" }, new { before = 1.5 }, new[] { 1 }, "text" };

        foreach (var position in forged)
            Assert.That(Cursor.Read<BackInTime.Position>(Cursor.Write(position, Scope), Scope), Is.Null, $"{position}");
    }

    [Test]
    public void Nothing_random_is_a_cursor_or_an_accident()
    {
        Gen.String.Sample(text => Cursor.Read<BackInTime.Position>(text, Scope) is null);
    }
}
