using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;

namespace AiEditor.Persistence.Infrastructure.Journal;

/// <summary>412: the component has moved on from the version that the change was made for. Carries all that a merge needs.</summary>
public sealed record VersionConflict : Problem
{
    /// <summary>The version named, the newest where several were; null when there never was one.</summary>
    public required ComponentVersion? Base { get; init; }

    /// <summary>The component as the change would have left it at that version; null when there never was one.</summary>
    public required Component? Mine { get; init; }

    /// <summary>The component as it is now.</summary>
    public required Component Theirs { get; init; }

    /// <summary>The version it is at now.</summary>
    public long CurrentVersion => Theirs.Version;

    public static VersionConflict Of(Component theirs, ComponentVersion? named, Func<Component, Component> change) =>
        new()
        {
            Status = 412,
            Code = "version_conflict",
            Title = "Version conflict",
            Detail = "The component is not at the version that the change was made for.",
            Base = named,
            Mine = named is null
                ? null
                : change(
                    theirs.At(named) with
                    {
                        Version = named.Version,
                        Revision = named.Revision,
                        UpdatedAt = named.CreatedAt,
                    }
                ),
            Theirs = theirs,
        };
}

public static class VersionConflicts
{
    /// <summary>Says in the OpenAPI document what a route answers when <c>If-Match</c> fails; that it takes one follows.</summary>
    public static RouteHandlerBuilder MayConflict(this RouteHandlerBuilder route) =>
        route.Produces<VersionConflict>(412, "application/problem+json");
}
