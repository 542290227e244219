namespace AiEditor.Persistence.Infrastructure.Attachments;

/// <summary>Room on the disk for bytes on their way in.</summary>
public static class TemporaryFile
{
    /// <summary>A file that has lost its name already: no other process finds it, and no crash leaves it behind.</summary>
    public static FileStream Create()
    {
        var file = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.Delete,
                BufferSize = 0,
                Options = FileOptions.Asynchronous,
            }
        );
        File.Delete(file.Name);
        return file;
    }
}
