using AiEditor.Persistence.Infrastructure.Attachments;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Journal;
using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Features.SaveMessage;

/// <summary>The files of a message: each was put into the session before.</summary>
static class Attached
{
    public static (IReadOnlyList<Attachment> Attachments, Problem? Problem) Find(
        Operation<Request, ChatMessage> operation,
        Workspace workspace
    )
    {
        if (operation.Body.Attachments is not { Count: > 0 })
            return ([], null);
        var found = new List<Attachment>();
        var errors = new Dictionary<string, string[]>();
        foreach (var named in operation.Body.Attachments)
            if (
                Sha256Constraint.TryParse(named.Sha256, out var sha256)
                && workspace.FindAttachment(operation.SessionId, sha256) is { } put
            )
                found.Add(
                    new Attachment
                    {
                        Sha256 = named.Sha256!,
                        Name = named.Name,
                        ContentType = put.ContentType,
                        Size = put.Size,
                    }
                );
            else
                errors[$"attachments[{found.Count + errors.Count}].sha256"] = ["names a file that was not put before"];
        return errors.Count > 0 ? ([], Problem.Invalid(errors)) : (found, null);
    }

    /// <summary>A message may name a file twice, under two names; it refers to it once.</summary>
    public static IReadOnlyList<(long SessionId, long MessageId, byte[] Sha256)> References(
        IEnumerable<ChatMessage> messages
    ) =>
        [
            .. messages.SelectMany(m =>
                m.Attachments.Select(a => a.Sha256)
                    .Distinct()
                    .Select(sha256 => (m.SessionId, m.Id, Convert.FromHexString(sha256)))
            ),
        ];
}
