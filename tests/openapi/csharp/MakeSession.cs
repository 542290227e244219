// Makes a session, says something in it, loads it back.
// Usage: TOKEN=... SERVICE_URL=http://localhost:3000 dotnet run
using System.Net.Http.Headers;
using AiEditor.Client;

using var http = new HttpClient
{
    BaseAddress = new Uri(Environment.GetEnvironmentVariable("SERVICE_URL") ?? "http://localhost:3000"),
};
http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
    "Bearer",
    Environment.GetEnvironmentVariable("TOKEN")
);
var api = new PersistenceClient(http);

var session = await api.CreateSessionAsync(new CreateSessionRequest { Title = "From C#" }, Guid.NewGuid());
var message = await api.SaveMessageAsync(
    session.Id,
    new SaveMessageRequest
    {
        Role = SaveMessageRequestRole.User,
        Content = "A red button, please.",
        Metadata = new Metadata { ["answer"] = 42 },
    }
);

var loaded = await api.LoadSessionAsync(session.Id);
if (
    loaded.Session.Title != "From C#"
    || loaded.Messages.Single() is not { Role: Role.User } found
    || found.Id != message.Id
)
    throw new InvalidOperationException("Loaded something else.");

try
{
    await api.CreateSessionAsync(new CreateSessionRequest { Title = "" });
    throw new InvalidOperationException("An empty title was taken.");
}
catch (ApiException<Problem> refused) when (refused.Result.Code == "validation_failed")
{
    Console.WriteLine($"session {session.Id} at revision {loaded.Session.Revision}");
}
