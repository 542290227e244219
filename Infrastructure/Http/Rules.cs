using System.Text;
using AiEditor.Persistence.Infrastructure.Rows;
using FluentValidation;
using FluentValidation.Validators;

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
        rule.SetValidator(new TextLength<T>(1, max, text => text.Length > 0 && HasAtMost(text, max)))
            .WithMessage($"must have 1 to {max} code points");

    /// <summary>Absent, or at most <paramref name="max"/> code points.</summary>
    public static IRuleBuilderOptions<T, string?> MaxCodePoints<T>(this IRuleBuilder<T, string?> rule, int max) =>
        rule.SetValidator(new TextLength<T>(0, max, text => HasAtMost(text, max)))
            .WithMessage($"must have at most {max} code points");

    /// <summary>A code point takes up two chars at most: text much too long is refused uncounted.</summary>
    static bool HasAtMost(string text, int max) => text.Length <= 2 * max && text.EnumerateRunes().Count() <= max;

    public static IRuleBuilderOptions<T, string?> NotBlank<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(text => text is null or "" || !string.IsNullOrWhiteSpace(text)).WithMessage("must not be blank");

    public static IRuleBuilderOptions<T, string?> NotEmptyText<T>(this IRuleBuilder<T, string?> rule) =>
        rule.SetValidator(new TextLength<T>(1, null, text => text.Length > 0)).WithMessage("must not be empty");

    public static IRuleBuilderOptions<T, string?> MaxBytes<T>(this IRuleBuilder<T, string?> rule, int max) =>
        rule.SetValidator(new TextLength<T>(0, max, text => Encoding.UTF8.GetByteCount(text) <= max))
            .WithMessage($"must have at most {max} bytes of UTF-8");

    public static IRuleBuilderOptions<T, string?> OneOf<T, TEnum>(this IRuleBuilder<T, string?> rule)
        where TEnum : struct, Enum =>
        rule.SetValidator(new OneOfTexts<T>([.. Wire.Values<TEnum>()]))
            .WithMessage($"must be one of: {string.Join(", ", Wire.Values<TEnum>())}");

    public static IRuleBuilderOptions<T, Json?> Metadata<T>(this IRuleBuilder<T, Json?> rule) =>
        rule.Must(json => json is null || json.Value.Size <= MetadataBytes).WithMessage(MetadataTooLarge);

    public const int MetadataBytes = 64 * KiB;
    public const string MetadataTooLarge = "must have at most 65536 bytes as compact JSON";
}

/// <summary>What a rule says about the length of text, for whoever describes the rules; no text has more code points than bytes.</summary>
interface ITextLength
{
    int Min { get; }
    int? Max { get; }
}

sealed class TextLength<T>(int min, int? max, Func<string, bool> holds) : PropertyValidator<T, string?>, ITextLength
{
    public int Min => min;
    public int? Max => max;
    public override string Name => nameof(TextLength<>);

    public override bool IsValid(ValidationContext<T> context, string? value) => value is null || holds(value);
}

/// <summary>The texts a rule lets pass.</summary>
interface IOneOfTexts
{
    IReadOnlyCollection<string> Texts { get; }
}

sealed class OneOfTexts<T>(IReadOnlyCollection<string> texts) : PropertyValidator<T, string?>, IOneOfTexts
{
    public IReadOnlyCollection<string> Texts => texts;
    public override string Name => nameof(OneOfTexts<>);

    public override bool IsValid(ValidationContext<T> context, string? value) => value is null || texts.Contains(value);
}
