using System.Diagnostics;
using AiEditor.Persistence.Infrastructure.Ownership;
using AiEditor.Persistence.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AiEditor.Persistence.Tests.Architecture;

/// <summary>A route that the service really has, whether it says so in its description or not.</summary>
sealed record Route(string Pattern, string? Name, bool NeedsToken, bool IsOwned, bool AsksMore = false)
{
    static readonly Lazy<Task<IReadOnlyList<Route>>> Once = new(AskAsync);

    public static Task<IReadOnlyList<Route>> AllAsync() => Once.Value;

    /// <summary>Runs the program in this process for as long as it takes to ask it for its routes.</summary>
    static async Task<IReadOnlyList<Route>> AskAsync()
    {
        var built = new TaskCompletionSource<IHost>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var hosting = DiagnosticListener.AllListeners.Subscribe(
            new Each<DiagnosticListener>(listener =>
            {
                if (listener.Name == "Microsoft.Extensions.Hosting")
                    listener.Subscribe(
                        new Each<KeyValuePair<string, object?>>(e =>
                        {
                            if (e.Key == "HostBuilt")
                                built.TrySetResult((IHost)e.Value!);
                        })
                    );
            })
        );
        string[] arguments =
        [
            "--environment=Development",
            "--PORT=0",
            $"--DATABASE_URL={TestCluster.Url}",
            $"--JWT_SECRET={Service.Secret}",
        ];
        var run = Task.Run(() => House.Service.EntryPoint!.Invoke(null, [arguments]));
        await await Task.WhenAny(built.Task, run);
        var host = await built.Task;
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await await Task.WhenAny(started.Task, run);
        var routes = host
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Select(Of)
            .ToArray();
        lifetime.StopApplication();
        await run;
        return routes;
    }

    static Route Of(RouteEndpoint endpoint) =>
        new(
            "/" + endpoint.RoutePattern.RawText!.TrimStart('/'),
            endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName,
            endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null
                && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null,
            endpoint.Metadata.GetMetadata<OwnedSession>() is not null,
            endpoint
                .Metadata.GetOrderedMetadata<IAuthorizeData>()
                .Any(a => a is not { Policy: null, Roles: null, AuthenticationSchemes: null })
                || endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is not null
        );

    sealed class Each<T>(Action<T> use) : IObserver<T>
    {
        public void OnNext(T value) => use(value);

        public void OnCompleted() { }

        public void OnError(Exception error) { }
    }
}
