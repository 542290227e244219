using AiEditor.Persistence.Infrastructure.Attachments;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;
using FluentValidation;

namespace AiEditor.Persistence.Features.SaveMessage;

sealed class Validator : AbstractValidator<Request>
{
    const int FilesAtMost = 64;

    public Validator()
    {
        RuleFor(r => r.Role).Required().OneOf<Request, Role>();
        RuleFor(r => r.Content).Required().NotEmptyText().MaxBytes(Rules.MiB);
        RuleFor(r => r.MessageType).CodePoints(20);
        RuleFor(r => r.Metadata).Metadata();
        RuleFor(r => r.Attachments)
            .Must(a => a is null || a.Count <= FilesAtMost)
            .WithMessage($"must be at most {FilesAtMost}");
        RuleForEach(r => r.Attachments)
            .NotNull()
            .WithMessage("is required")
            .ChildRules(ForOne)
            // Else the answer would tell of each of very many.
            .When(r => r.Attachments?.Count <= FilesAtMost);
    }

    static void ForOne(InlineValidator<AttachmentName> attachment)
    {
        attachment
            .RuleFor(a => a.Sha256)
            .Required()
            .Must(text => text is null || Sha256Constraint.TryParse(text, out _))
            .WithMessage("must be 64 lowercase hex digits");
        attachment.RuleFor(a => a.Name).CodePoints(255);
    }
}
