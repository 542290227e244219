using AiEditor.Persistence.Infrastructure.Http;
using FluentValidation;

namespace AiEditor.Persistence.Features.UpdateComponent;

sealed class Validator : AbstractValidator<Request>
{
    public Validator()
    {
        RuleFor(r => r.Name.Value).Required().CodePoints(255).When(r => r.Name.IsGiven);
        RuleFor(r => r.JsxCode.Value).Required().NotEmptyText().MaxBytes(Rules.MiB).When(r => r.JsxCode.IsGiven);
        RuleFor(r => r.CssCode.Value).Required().MaxBytes(Rules.MiB).When(r => r.CssCode.IsGiven);
        RuleFor(r => r.ComponentType.Value).Required().CodePoints(50).When(r => r.ComponentType.IsGiven);
        RuleFor(r => r.IsCurrent.Value).NotNull().WithMessage("is required").When(r => r.IsCurrent.IsGiven);
        // The result has the same bound; the patch's is here because merging happens under the session's lock.
        RuleFor(r => r.Metadata.Value).NotNull().WithMessage("is required").Metadata().When(r => r.Metadata.IsGiven);
    }
}
