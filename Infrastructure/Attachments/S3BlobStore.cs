using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.S3;
using Amazon.S3.Model;

namespace AiEditor.Persistence.Infrastructure.Attachments;

/// <summary>An object a blob, in a bucket of Amazon's or of any server that speaks S3.</summary>
sealed class S3BlobStore(IAmazonS3 s3, S3Url url) : IBlobStore, IDisposable
{
    static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(3);

    /// <summary>For a question with all its retries. The largest file needs 9 Mbit/s to be written in that time.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Each question is a round trip to another machine, and is charged for.</summary>
    public int PieceBytes => 1024 * 1024;

    /// <summary>Refuses what can never work. Whether the bucket is there is seen when it is needed.</summary>
    public static S3BlobStore Open(S3Url url)
    {
        try
        {
            DefaultAWSCredentialsIdentityResolver.GetCredentials();
        }
        catch (AmazonClientException)
        {
            throw new InvalidSettingException(
                S3Url.Setting,
                "needs credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role"
            );
        }
        try
        {
            return new S3BlobStore(new AmazonS3Client(Configure()), url);
        }
        catch (Exception e) when (e is AmazonClientException or NotSupportedException)
        {
            throw new InvalidSettingException(
                S3Url.Setting,
                "needs a place: AWS_REGION for Amazon's own, or AWS_ENDPOINT_URL_S3, such as http://minio:9000, for another"
            );
        }
    }

    static AmazonS3Config Configure()
    {
        var config = new AmazonS3Config
        {
            ConnectTimeout = ConnectPatience,
            // Left alone, the SDK adds checksums in a form that many other servers refuse. The signature covers the bytes.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (config.ServiceURL is { } endpoint)
        {
            // Said once more, or the client forgets it for the region. Elsewhere than at Amazon's no bucket has a host name.
            config.ServiceURL = endpoint;
            if (new Uri(endpoint).Scheme is not ("http" or "https"))
                throw new NotSupportedException("S3 is spoken over HTTP.");
            config.ForcePathStyle = true;
        }
        return config;
    }

    public Task WriteAsync(Guid id, Stream bytes, long length) =>
        AskAsync(
            patience =>
                s3.PutObjectAsync(
                    new PutObjectRequest
                    {
                        BucketName = url.Bucket,
                        Key = url.KeyOf(id),
                        InputStream = bytes,
                        AutoCloseStream = false,
                        AutoResetStreamPosition = false,
                        Headers = { ContentLength = length },
                        // Hashed before it is sent, so that the server refuses what was damaged on the way.
                        UseChunkEncoding = false,
                    },
                    patience
                ),
            CancellationToken.None
        );

    public Task<int> ReadAsync(Guid id, long offset, Memory<byte> buffer, CancellationToken cancellation) =>
        AskAsync(
            async patience =>
            {
                try
                {
                    using var answer = await s3.GetObjectAsync(
                        new GetObjectRequest
                        {
                            BucketName = url.Bucket,
                            Key = url.KeyOf(id),
                            ByteRange = new ByteRange(offset, offset + buffer.Length - 1),
                        },
                        patience
                    );
                    return await answer.ResponseStream.ReadAtLeastAsync(buffer, buffer.Length, false, patience);
                }
                catch (AmazonS3Exception e) when (e.ErrorCode is "NoSuchKey" or "InvalidRange")
                {
                    return 0;
                }
            },
            cancellation
        );

    public Task DeleteAsync(Guid id, CancellationToken cancellation) =>
        AskAsync(patience => s3.DeleteObjectAsync(url.Bucket, url.KeyOf(id), patience), cancellation);

    public void Dispose() => s3.Dispose();

    static async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            return await ask(patience.Token);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested && Describe(e) is { } failure)
        {
            throw new BlobStoreException($"S3: {failure}", e);
        }
    }

    /// <summary>Null for what is no failure of the store.</summary>
    static string? Describe(Exception e) =>
        e switch
        {
            AmazonServiceException { StatusCode: > 0 } s => $"{(int)s.StatusCode} {s.ErrorCode}",
            HttpRequestException h => h.HttpRequestError.ToString(),
            OperationCanceledException => $"no answer in {Patience.TotalSeconds} s",
            AmazonServiceException or AmazonClientException or IOException or SocketException => e.GetType().Name,
            _ => null,
        };
}
