namespace AiEditor.Persistence.Infrastructure.Attachments;

/// <summary>The store did not do what it was asked; later it may. The message is fit for the log.</summary>
public sealed class BlobStoreException(string failure, Exception cause) : IOException(failure, cause);
