using System.Linq.Expressions;
using System.Reflection;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>What a validator's rule is about, as the wire spells it; the value inside an optional is its field's.</summary>
static class FieldNames
{
    public static string? Of(MemberInfo? member, LambdaExpression? expression)
    {
        if (
            member is { Name: nameof(Optional<>.Value), DeclaringType.IsGenericType: true }
            && expression?.Body is MemberExpression { Expression: MemberExpression outer }
        )
            member = outer.Member;
        return member is null ? null : Wire.Name(member.Name);
    }
}
