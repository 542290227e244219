using AiEditor.Persistence.Infrastructure.Archives;
using AiEditor.Persistence.Infrastructure.Attachments;
using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>The file whose bytes are being read; they wait on the disk until it is whole.</summary>
sealed class IncomingFile : IAsyncDisposable
{
    readonly Stream bytes = TemporaryFile.Create();
    long size;

    public Sha256 Sha256 { get; private set; }
    public string ContentType { get; private set; } = "";
    public Stream Bytes => bytes;
    public bool IsWhole => bytes.Length == size;

    public void Begin(AttachmentLine line)
    {
        bytes.SetLength(0);
        bytes.Position = 0;
        (size, ContentType) = (line.Size!.Value, line.ContentType!);
        Sha256 = new Sha256(Convert.FromHexString(line.Sha256!));
    }

    public async Task AppendAsync(BytesLine line) => await bytes.WriteAsync(line.Base64);

    public ValueTask DisposeAsync() => bytes.DisposeAsync();
}
