using AiEditor.Persistence.Infrastructure.Http;
using FluentValidation;

namespace AiEditor.Persistence.Features.UpdateMessage;

sealed class Validator : AbstractValidator<Request>
{
    public Validator()
    {
        When(r => r.Content.IsGiven, () => RuleFor(r => r.Content.Value).Required().NotEmptyText().MaxBytes(Rules.MiB));
        // The patch alone is bounded too: it gets merged while its session is locked.
        When(
            r => r.Metadata.IsGiven,
            () => RuleFor(r => r.Metadata.Value).NotNull().WithMessage("is required").Metadata()
        );
    }
}
