using FluentValidation;

namespace AiEditor.Persistence.Features.RestoreComponentVersion;

sealed class Validator : AbstractValidator<Request>
{
    public Validator()
    {
        RuleFor(r => r.Version).NotNull().WithMessage("is required");
        RuleFor(r => r.Version).GreaterThanOrEqualTo(1).WithMessage("must be at least 1");
    }
}
