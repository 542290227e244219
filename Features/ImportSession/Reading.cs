using System.Security.Cryptography;
using AiEditor.Persistence.Infrastructure.Archives;
using AiEditor.Persistence.Infrastructure.Attachments;
using AiEditor.Persistence.Infrastructure.Journal;

namespace AiEditor.Persistence.Features.ImportSession;

/// <summary>
/// Reads a file's lines and holds each to the rules: to those of the slice that would have saved it, and to what only an
/// archive can break.
/// </summary>
sealed class Reading(IFormat format, Journal journal)
{
    /// <summary>The lines that are left out, by number.</summary>
    readonly HashSet<int> leftOut = [];

    const int FaultsAtMost = 16;

    /// <summary>
    /// Each session and each file costs statements of its own, and the answer holds every session: a few MiB could ask for
    /// hundreds of thousands.
    /// </summary>
    const int SessionsAtMost = 10_000;
    const int FilesAtMost = 10_000;

    readonly SliceRules rules = new(journal);
    readonly Dictionary<string, long> sizes = [];
    AttachmentLine? file;
    IncrementalHash? hash;
    long missingBytes;
    long? missingVersions;
    long version;
    bool hasCurrent;

    public int Sessions { get; private set; }
    public Counts Counts { get; } = new();
    public SkipList Skipped { get; } = new();

    /// <summary>Looks at every line.</summary>
    public async Task CheckAsync(Stream bytes)
    {
        var number = 0;
        var isLeftOut = false;
        await foreach (var line in format.ReadAsync(bytes, Skipped))
        {
            number++;
            var faults = Faults(line).Take(FaultsAtMost).ToArray();
            if (faults.Length > 0 && format.IsStrict)
                // The header was the first line of all.
                throw new BadFileException($"line {number + 1}", faults);
            if (faults.Length > 0)
                Skipped.Add($"{Kind(line)}: {faults[0]}");
            // What belongs to something that is left out is left out with it.
            isLeftOut = line is SessionLine ? faults.Length > 0 : isLeftOut;
            if (line is ComponentLine && faults.Length > 0)
                missingVersions = null;
            if (isLeftOut || faults.Length > 0)
                leftOut.Add(number);
            else
                Count(line);
        }
    }

    /// <summary>The lines that are good, once they were looked at.</summary>
    public async IAsyncEnumerable<Line> GoodAsync(Stream bytes)
    {
        var number = 0;
        await foreach (var line in format.ReadAsync(bytes, new SkipList()))
            if (!leftOut.Contains(++number))
                yield return line;
    }

    void Count(Line line)
    {
        Sessions += line is SessionLine ? 1 : 0;
        Counts.Count(line);
        if (Sessions > SessionsAtMost)
            throw new BadFileException("(file)", $"holds more than {SessionsAtMost} conversations");
        if (Counts.Attachments > FilesAtMost)
            throw new BadFileException("(file)", $"holds more than {FilesAtMost} files");
    }

    static string Kind(Line line) =>
        line switch
        {
            MessageLine => "message",
            ComponentLine => "component",
            VersionLine => "component version",
            AttachmentLine or BytesLine => "attachment",
            _ => "session",
        };

    IEnumerable<string> Faults(Line line) => Unfinished(line).Concat(Of(line));

    IEnumerable<string> Of(Line line) =>
        line switch
        {
            SessionLine session => Of(session),
            AttachmentLine attachment => Of(attachment),
            BytesLine bytes => Of(bytes),
            MessageLine message => Of(message),
            ComponentLine component => Of(component),
            VersionLine superseded => Of(superseded),
            InteractionLine interaction => Of(interaction),
            _ => [],
        };

    /// <summary>What the line before had promised and this one breaks off.</summary>
    IEnumerable<string> Unfinished(Line line)
    {
        if (line is not BytesLine && missingBytes > 0)
            yield return "stands where bytes of the file above are missing";
        if (line is not VersionLine && missingVersions > 0)
            yield return "stands where versions of the component above are missing";
        if (line is not BytesLine)
            missingBytes = 0;
        if (line is not VersionLine)
            missingVersions = null;
    }

    IEnumerable<string> Of(SessionLine line)
    {
        sizes.Clear();
        hasCurrent = false;
        return rules
            .Broken(line)
            .Concat(
                Required(
                    ("client_id", line.ClientId),
                    ("is_active", line.IsActive),
                    ("created_at", line.CreatedAt),
                    ("updated_at", line.UpdatedAt)
                )
            )
            .Concat(NotInUtc(("created_at", line.CreatedAt), ("updated_at", line.UpdatedAt)));
    }

    IEnumerable<string> Of(AttachmentLine line)
    {
        if (!Sha256Constraint.TryParse(line.Sha256, out _))
            yield return "sha256 must be 64 lowercase hex digits";
        if (line.Size is not (>= 0 and <= Files.BytesAtMost))
            yield return $"size must be 0 to {Files.BytesAtMost}";
        if (MediaType.Read(line.ContentType) is null)
            yield return $"content_type must be a media type of at most {MediaType.LengthAtMost} characters";
        if (!sizes.TryAdd(line.Sha256 ?? "", line.Size ?? 0))
            yield return "sha256 is that of a file above";
        (file, missingBytes) = (line, line.Size ?? 0);
        hash?.Dispose();
        hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var fault in WrongHash())
            yield return fault;
    }

    IEnumerable<string> Of(BytesLine line)
    {
        if (file is null || line.Base64 is not { Length: > 0 } bytes || bytes.Length > missingBytes)
        {
            yield return "base64 must hold the next bytes of the file above, which has no more of them";
            yield break;
        }
        missingBytes -= bytes.Length;
        hash!.AppendData(bytes);
        foreach (var fault in WrongHash())
            yield return fault;
    }

    IEnumerable<string> WrongHash()
    {
        if (missingBytes == 0 && Convert.ToHexStringLower(hash!.GetCurrentHash()) != file!.Sha256)
            yield return "the bytes of the file do not have its sha256";
    }

    IEnumerable<string> Of(MessageLine line)
    {
        if (line.Attachments is null)
            yield return "attachments is required";
        foreach (var attachment in line.Attachments ?? [])
            if (attachment?.Sha256 is not { } sha256 || !sizes.TryGetValue(sha256, out var size))
                yield return "attachments names a file that does not stand above";
            else if (attachment.Size != size)
                yield return "attachments has another size than the file above";
            else if (MediaType.Read(attachment.ContentType) is null)
                yield return "attachments has a content_type that is no media type";
        foreach (
            var fault in rules
                .Broken(line)
                .Concat(
                    Required(
                        ("client_id", line.ClientId),
                        ("message_type", line.MessageType),
                        ("metadata", line.Metadata),
                        ("created_at", line.CreatedAt)
                    )
                )
                .Concat(NotInUtc(("created_at", line.CreatedAt), ("deleted_at", line.DeletedAt)))
        )
            yield return fault;
    }

    IEnumerable<string> Of(ComponentLine line)
    {
        var isCurrent = line is { IsCurrent: true, DeletedAt: null };
        if (isCurrent && hasCurrent)
            yield return "is_current is true of a component above";
        hasCurrent |= isCurrent;
        if (line.Version is < 1)
            yield return "version must be 1 or more";
        (missingVersions, version) = (line.Version - 1, 0);
        foreach (
            var fault in rules
                .Broken(line)
                .Concat(
                    Required(
                        ("client_id", line.ClientId),
                        ("version", line.Version),
                        ("version_created_at", line.VersionCreatedAt),
                        ("css_code", line.CssCode),
                        ("component_type", line.ComponentType),
                        ("is_current", line.IsCurrent),
                        ("metadata", line.Metadata),
                        ("created_at", line.CreatedAt),
                        ("updated_at", line.UpdatedAt)
                    )
                )
                .Concat(
                    NotInUtc(
                        ("version_created_at", line.VersionCreatedAt),
                        ("created_at", line.CreatedAt),
                        ("updated_at", line.UpdatedAt),
                        ("deleted_at", line.DeletedAt)
                    )
                )
        )
            yield return fault;
    }

    IEnumerable<string> Of(VersionLine line)
    {
        if (missingVersions is not > 0 || line.Version != version + 1)
            yield return "version must be the next of the component above";
        (missingVersions, version) = (missingVersions - 1, version + 1);
        foreach (
            var fault in rules
                .Broken(line)
                .Concat(
                    Required(
                        ("css_code", line.CssCode),
                        ("component_type", line.ComponentType),
                        ("metadata", line.Metadata),
                        ("created_at", line.CreatedAt)
                    )
                )
                .Concat(NotInUtc(("created_at", line.CreatedAt)))
        )
            yield return fault;
    }

    IEnumerable<string> Of(InteractionLine line) =>
        rules
            .Broken(line)
            .Concat(Required(("client_id", line.ClientId), ("metadata", line.Metadata), ("created_at", line.CreatedAt)))
            .Concat(NotInUtc(("created_at", line.CreatedAt), ("deleted_at", line.DeletedAt)));

    static IEnumerable<string> Required(params (string Name, object? Value)[] members) =>
        members.Where(m => m.Value is null).Select(m => $"{m.Name} is required");

    /// <summary>The first and the last year stand for infinity in the database.</summary>
    static IEnumerable<string> NotInUtc(params (string Name, DateTime? Value)[] times) =>
        times
            .Where(t => t.Value is { } time && time is not { Kind: DateTimeKind.Utc, Year: > 1 and < 9999 })
            .Select(t => $"{t.Name} must be a time in UTC");
}
