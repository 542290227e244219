namespace AiEditor.Persistence.Infrastructure;

/// <summary>Where Development keeps what must outlive a restart: <c>.data/</c> beside the sources, or what DATA_DIR names.</summary>
static class DataFolder
{
    public static string Of(IHostEnvironment environment)
    {
        var given = Environment.GetEnvironmentVariable("DATA_DIR");
        try
        {
            return Directory
                .CreateDirectory(
                    string.IsNullOrEmpty(given) ? Path.Combine(environment.ContentRootPath, ".data") : given
                )
                .FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidSettingException("DATA_DIR", $"(or .data/) cannot be made: {e.Message}");
        }
    }

    /// <summary>Readable by its owner alone, and never half-written.</summary>
    public static void WriteSecret(string path, string text)
    {
        var draft = $"{path}.{Environment.ProcessId}";
        using (
            var file = new FileStream(
                draft,
                new FileStreamOptions
                {
                    Mode = FileMode.Create,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            )
        )
        using (var writer = new StreamWriter(file))
            writer.Write(text);
        // Whoever comes second keeps what the first has written.
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }
}
