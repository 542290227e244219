using AiEditor.Persistence.Infrastructure.Http;
using FluentValidation;

namespace AiEditor.Persistence.Features.CreateSession;

sealed class Validator : AbstractValidator<Request>
{
    public Validator()
    {
        RuleFor(r => r.Title).Required().CodePoints(255).NotBlank();
        RuleFor(r => r.Description).MaxBytes(8 * Rules.KiB);
    }
}
