using System.Text;
using AiEditor.Persistence.Infrastructure.Rows;
using FluentValidation;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>The contract's rules for text: lengths count code points, sizes count bytes of UTF-8, nothing is trimmed.</summary>
public static class Rules
{
    public const int MiB = 1024 * 1024;
    public const int KiB = 1024;

    public static IRuleBuilderOptions<T, string?> Required<T>(this IRuleBuilder<T, string?> rule) =>
        rule.NotNull().WithMessage("is required");

    /// <summary>Between 1 and <paramref name="max"/> code points.</summary>
    public static IRuleBuilderOptions<T, string?> CodePoints<T>(this IRuleBuilder<T, string?> rule, int max) =>
        rule.Must(text => text is null || (text.Length > 0 && text.EnumerateRunes().Count() <= max))
            .WithMessage($"must have 1 to {max} code points");

    /// <summary>Absent, or at most <paramref name="max"/> code points.</summary>
    public static IRuleBuilderOptions<T, string?> MaxCodePoints<T>(this IRuleBuilder<T, string?> rule, int max) =>
        rule.Must(text => text is null || text.EnumerateRunes().Count() <= max)
            .WithMessage($"must have at most {max} code points");

    public static IRuleBuilderOptions<T, string?> NotBlank<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(text => text is null or "" || !string.IsNullOrWhiteSpace(text)).WithMessage("must not be blank");

    public static IRuleBuilderOptions<T, string?> NotEmptyText<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(text => text is null || text.Length > 0).WithMessage("must not be empty");

    public static IRuleBuilderOptions<T, string?> MaxBytes<T>(this IRuleBuilder<T, string?> rule, int max) =>
        rule.Must(text => text is null || Encoding.UTF8.GetByteCount(text) <= max)
            .WithMessage($"must have at most {max} bytes of UTF-8");

    public static IRuleBuilderOptions<T, string?> OneOf<T, TEnum>(this IRuleBuilder<T, string?> rule)
        where TEnum : struct, Enum =>
        rule.Must(text => text is null || Wire.Values<TEnum>().Contains(text))
            .WithMessage($"must be one of: {string.Join(", ", Wire.Values<TEnum>())}");

    public static IRuleBuilderOptions<T, Json?> Metadata<T>(this IRuleBuilder<T, Json?> rule) =>
        rule.Must(json => json is null || json.Value.Size <= MetadataBytes).WithMessage(MetadataTooLarge);

    public const int MetadataBytes = 64 * KiB;
    public const string MetadataTooLarge = "must have at most 65536 bytes as compact JSON";
}
