using System.Buffers;
using System.Security.Cryptography;
using AiEditor.Persistence.Infrastructure.Auth;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;
using Microsoft.AspNetCore.Http.Features;

namespace AiEditor.Persistence.Infrastructure.Attachments;

/// <summary>
/// A body on its way in: hashed while it comes, kept in a temporary file that goes with it, so that a slow sender holds
/// neither memory nor a transaction.
/// </summary>
public sealed class Upload : IAsyncDisposable
{
    const int BufferBytes = 64 * Rules.KiB;

    readonly IDisposable place;
    readonly FileStream file;

    Upload(IDisposable place)
    {
        this.place = place;
        try
        {
            file = TemporaryFile.Create();
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    public Stream Bytes => file;

    /// <summary>Of the bytes, once they were read.</summary>
    public Sha256 Sha256 { get; private set; }

    /// <summary>Reads a body to its end, whatever it was compressed to; gives the problem instead when it cannot be had. To be disposed of.</summary>
    public static async Task<(Upload? Upload, Problem? Problem)> ReceiveAsync(
        HttpContext context,
        Places places,
        long bytesAtMost,
        Problem tooLarge
    )
    {
        if (context.Request.ContentLength > bytesAtMost)
            return (null, tooLarge);
        // Of what comes over the wire, where the framing of small chunks counts, too. What it holds is counted below.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = 2 * bytesAtMost + BufferBytes;
        if (await places.TakeAsync(Caller.Of(context).UserId, context.RequestAborted) is not { } place)
            return (null, Problem.Overloaded);
        var upload = new Upload(place);
        try
        {
            if (await upload.ReadAsync(context, bytesAtMost, tooLarge) is not { } problem)
                return (upload, null);
            await upload.DisposeAsync();
            return (null, problem);
        }
        catch
        {
            await upload.DisposeAsync();
            throw;
        }
    }

    async Task<Problem?> ReadAsync(HttpContext context, long bytesAtMost, Problem tooLarge)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
            {
                if (file.Position + read > bytesAtMost)
                    return tooLarge;
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            }
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            // gzip's decoder throws the one, Brotli's the other.
            return Problem.Malformed("The compressed body is damaged.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        Sha256 = new Sha256(hash.GetHashAndReset());
        file.Position = 0;
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await file.DisposeAsync();
        place.Dispose();
    }
}
