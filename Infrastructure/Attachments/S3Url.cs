using System.Text.RegularExpressions;

namespace AiEditor.Persistence.Infrastructure.Attachments;

/// <summary>
/// <c>ATTACHMENTS_S3_URL</c>, such as <c>s3://bucket/prefix</c>: whose objects are the blobs. How the bucket is reached
/// is said by what every AWS SDK reads: AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_ACCESS_KEY_ID, roles and so on.
/// </summary>
sealed partial record S3Url(string Bucket, string Prefix)
{
    public const string Setting = "ATTACHMENTS_S3_URL";

    public string KeyOf(Guid id) => $"{Prefix}{id}";

    public static S3Url Parse(string text)
    {
        if (Form().Match(text) is not { Success: true } match)
            // Not what was given: people put passwords into addresses.
            throw new InvalidSettingException(
                Setting,
                "must be s3://bucket or s3://bucket/prefix, plain letters and digits with '-', '.' and, behind the bucket, '_'; "
                    + "endpoint, region and credentials are said by AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
            );
        var prefix = match.Groups["prefix"].Value;
        return new S3Url(match.Groups["bucket"].Value, prefix.Length > 0 ? prefix[1..] + "/" : "");
    }

    [GeneratedRegex(@"\As3://(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?<prefix>(/[A-Za-z0-9][A-Za-z0-9._-]*)*)/?\z")]
    private static partial Regex Form();
}
