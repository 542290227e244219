using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;
using FluentValidation;

namespace AiEditor.Persistence.Features.SaveMessage;

sealed class Validator : AbstractValidator<Request>
{
    public Validator()
    {
        RuleFor(r => r.Role).Required().OneOf<Request, Role>();
        RuleFor(r => r.Content).Required().NotEmptyText().MaxBytes(Rules.MiB);
        RuleFor(r => r.MessageType).CodePoints(20);
        RuleFor(r => r.Metadata).Metadata();
        // Nothing can have been put before, as long as no slice puts attachments.
        RuleFor(r => r.Attachments).Must(a => a is null or []).WithMessage("names a file that was not put before");
    }
}
