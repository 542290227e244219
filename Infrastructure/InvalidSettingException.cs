namespace AiEditor.Persistence.Infrastructure;

/// <summary>A setting that the service cannot start with; the message names it and says what to do.</summary>
public sealed class InvalidSettingException(string setting, string complaint) : Exception($"{setting} {complaint}.");
