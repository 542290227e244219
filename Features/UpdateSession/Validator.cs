using AiEditor.Persistence.Infrastructure.Http;
using FluentValidation;

namespace AiEditor.Persistence.Features.UpdateSession;

sealed class Validator : AbstractValidator<Request>
{
    public Validator()
    {
        RuleFor(r => r.Title.Value).Required().CodePoints(255).NotBlank().When(r => r.Title.IsGiven);
        RuleFor(r => r.Description.Value).MaxBytes(8 * Rules.KiB);
        RuleFor(r => r.IsActive.Value).NotNull().WithMessage("is required").When(r => r.IsActive.IsGiven);
    }
}
