using AiEditor.Persistence.Infrastructure;
using AiEditor.Persistence.Infrastructure.Postgres;

namespace AiEditor.Persistence.Tests.Infrastructure;

public sealed class DatabaseUrlTests
{
    [TestCase("postgresql://me:p%40ss@db:5433/app")]
    [TestCase("Host=db;Port=5433;Username=me;Password=p@ss;Database=app")]
    public void What_is_not_given_is_set_to_fail_fast(string url)
    {
        var settings = DatabaseUrl.Parse(url);

        Assert.That(
            (settings.Host, settings.Port, settings.Username, settings.Password, settings.Database),
            Is.EqualTo(("db", 5433, "me", "p@ss", "app"))
        );
        Assert.That(
            (settings.Timeout, settings.CommandTimeout, settings.MaxPoolSize, settings.MaxAutoPrepare),
            Is.EqualTo((3, 4, 20, 100))
        );
        Assert.That(settings.ApplicationName, Is.EqualTo("AiEditor.Persistence"));
        Assert.That(settings.TargetSessionAttributes, Is.Null);
    }

    [TestCase("postgresql://me@a:5432,b:5433/app")]
    [TestCase("Host=a:5432,b:5433;Username=me;Database=app")]
    public void Several_hosts_mean_the_one_that_accepts_writes(string url)
    {
        var settings = DatabaseUrl.Parse(url);

        Assert.That((settings.Host, settings.TargetSessionAttributes), Is.EqualTo(("a:5432,b:5433", "read-write")));
        Assert.That(settings.HostRecheckSeconds, Is.EqualTo(1));
    }

    [TestCase("postgresql://db/app?connect_timeout=9&target_session_attrs=prefer-standby&sslmode=require")]
    [TestCase("Host=db;Database=app;Timeout=9;Target Session Attributes=prefer-standby;SSL Mode=Require")]
    public void What_is_given_stays(string url)
    {
        var settings = DatabaseUrl.Parse(url);

        Assert.That((settings.Timeout, settings.SslMode), Is.EqualTo((9, Npgsql.SslMode.Require)));
        Assert.That(settings.TargetSessionAttributes, Is.EqualTo("prefer-standby"));
    }

    [Test]
    public void A_name_of_several_words_may_be_encoded() =>
        Assert.That(DatabaseUrl.Parse("postgresql://db/app?Maximum%20Pool%20Size=7").MaxPoolSize, Is.EqualTo(7));

    [TestCase("nonsense")]
    [TestCase("postgresql://u:secret@h:port/db")]
    [TestCase("postgresql://u:secret@h/db?colour=red")]
    [TestCase("Database=app")]
    public void Nonsense_is_refused_by_the_setting_s_name_and_without_its_password(string url)
    {
        var refusal = Assert.Throws<InvalidSettingException>(() => DatabaseUrl.Parse(url))!;

        Assert.That(refusal.Message, Does.StartWith("DATABASE_URL ").And.Not.Contain("secret"));
    }
}
