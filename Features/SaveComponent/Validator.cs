using AiEditor.Persistence.Infrastructure.Http;
using FluentValidation;

namespace AiEditor.Persistence.Features.SaveComponent;

sealed class Validator : AbstractValidator<Request>
{
    public Validator()
    {
        RuleFor(r => r.Name).Required().CodePoints(255);
        RuleFor(r => r.JsxCode).Required().NotEmptyText().MaxBytes(Rules.MiB);
        RuleFor(r => r.CssCode).MaxBytes(Rules.MiB);
        RuleFor(r => r.ComponentType).CodePoints(50);
        RuleFor(r => r.Metadata).Metadata();
    }
}
