using AiEditor.Persistence.Infrastructure;
using AiEditor.Persistence.Infrastructure.Attachments;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Infrastructure;

public sealed class S3UrlTests
{
    [TestCase("s3://bucket", "bucket", "")]
    [TestCase("s3://bucket/", "bucket", "")]
    [TestCase("s3://my-bucket.eu/some/where", "my-bucket.eu", "some/where/")]
    [TestCase("s3://bucket/some_where/", "bucket", "some_where/")]
    public void A_bucket_and_perhaps_a_prefix_are_named(string text, string bucket, string prefix)
    {
        Assert.That(S3Url.Parse(text), Is.EqualTo(new S3Url(bucket, prefix)));
    }

    [TestCase("bucket")]
    [TestCase("https://bucket.s3.amazonaws.com")]
    [TestCase("s3://")]
    [TestCase("s3://ab")]
    [TestCase("s3://Bucket")]
    [TestCase("s3://key:secret@bucket")]
    [TestCase("s3://bucket?region=secret")]
    [TestCase("s3://bucket/a//b")]
    [TestCase("s3://bucket/../b")]
    [TestCase("s3://bucket\n")]
    public void Nonsense_is_refused_by_the_setting_s_name_and_unquoted(string text)
    {
        var refusal = Assert.Throws<InvalidSettingException>(() => S3Url.Parse(text))!;

        Assert.That(refusal.Message, Does.StartWith("ATTACHMENTS_S3_URL ").And.Not.Contain("secret"));
    }

    [TestCase("ATTACHMENTS_S3_URL", "nonsense", "must be s3://")]
    [TestCase("AWS_ENDPOINT_URL_S3", "nonsense", "AWS_ENDPOINT_URL_S3")]
    [TestCase("AWS_ENDPOINT_URL_S3", "ftp://127.0.0.1", "AWS_ENDPOINT_URL_S3")]
    [TestCase("AWS_ENDPOINT_URL_S3", null, "AWS_REGION")]
    [TestCase("AWS_SECRET_ACCESS_KEY", null, "needs credentials")]
    public async Task What_cannot_work_stops_the_start(string name, string? value, string complaint)
    {
        var (exitCode, output) = await Service.RunAsync(
            [],
            [.. S3Server.SettingsFor(9), ("AWS_EC2_METADATA_DISABLED", "true"), (name, value)]
        );

        Assert.That(exitCode, Is.EqualTo(2), output);
        Assert.That(output, Does.StartWith("ATTACHMENTS_S3_URL ").And.Contains(complaint));
    }
}
