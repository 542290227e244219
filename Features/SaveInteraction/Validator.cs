using AiEditor.Persistence.Infrastructure.Http;
using FluentValidation;

namespace AiEditor.Persistence.Features.SaveInteraction;

sealed class Validator : AbstractValidator<Request>
{
    public Validator()
    {
        RuleFor(r => r.Prompt).Required().MaxBytes(Rules.MiB);
        RuleFor(r => r.Response).Required().MaxBytes(Rules.MiB);
        RuleFor(r => r.InteractionType).Required().CodePoints(50);
        RuleFor(r => r.TargetElement).MaxCodePoints(255);
        RuleFor(r => r.Metadata).Metadata();
    }
}
