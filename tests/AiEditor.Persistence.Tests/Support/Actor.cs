using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AiEditor.Persistence.Tests.Support;

/// <summary>A user with a token, talking to a service.</summary>
sealed class Actor(Service service, long userId)
{
    const int AttemptsAtMost = 10;

    static long lastUserId = Random.Shared.NextInt64(1, 1L << 40);

    readonly string token = Token(userId);

    public long UserId => userId;

    /// <summary>Somebody nobody else is.</summary>
    public static Actor New(Service? service = null) =>
        new(service ?? Service.Main, Interlocked.Increment(ref lastUserId));

    /// <summary>The same user at another service.</summary>
    public Actor At(Service other) => new(other, userId);

    public static string Token(long userId, TimeSpan? life = null) =>
        new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Claims = new Dictionary<string, object> { ["sub"] = $"{userId}" },
                Expires = DateTime.UtcNow + (life ?? TimeSpan.FromHours(1)),
                SigningCredentials = new SigningCredentials(
                    new SymmetricSecurityKey(Encoding.UTF8.GetBytes(Service.Secret)),
                    "HS256"
                ),
            }
        );

    public Task<Answer> Get(string path, params (string, string)[] headers) =>
        Send(HttpMethod.Get, path, null, headers);

    public Task<Answer> Post(string path, object? body = null, params (string, string)[] headers) =>
        Send(HttpMethod.Post, path, body, headers);

    public Task<Answer> Put(string path, object? body = null, params (string, string)[] headers) =>
        Send(HttpMethod.Put, path, body, headers);

    public Task<Answer> Patch(string path, object? body, params (string, string)[] headers) =>
        Send(HttpMethod.Patch, path, body, headers);

    public Task<Answer> Delete(string path, params (string, string)[] headers) =>
        Send(HttpMethod.Delete, path, null, headers);

    /// <summary>A body may be an object, which becomes JSON; a string, which is sent as it is; or ready content.</summary>
    public async Task<Answer> Send(
        HttpMethod method,
        string path,
        object? body,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body switch
            {
                null => null,
                HttpContent content => content,
                string text => new StringContent(text, Encoding.UTF8, "application/json"),
                _ => JsonContent.Create(body, options: JsonOptions),
            },
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await service.Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Gets what is no text.</summary>
    public async Task<(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Bytes)> Download(
        string path,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await service.Http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        return ((int)response.StatusCode, Answer.HeadersOf(response), bytes);
    }

    /// <summary>Names go out as they are written in the test.</summary>
    static readonly JsonSerializerOptions JsonOptions = new();

    /// <summary>Makes a session and returns its path.</summary>
    public async Task<string> SessionPath(string title = "A session") =>
        (await Made("/v1/sessions", new { title })).Headers["Location"];

    /// <summary>Puts a session in the trash.</summary>
    public async Task Trash(string sessionPath) => Assert.That((await Delete(sessionPath)).Status, Is.EqualTo(204));

    /// <summary>Saves a message and returns it.</summary>
    public async Task<JsonElement> Message(string sessionPath, string content = "Hello", string role = "user") =>
        (await Made($"{sessionPath}/messages", new { role, content })).Json;

    /// <summary>Saves a component and returns it.</summary>
    public async Task<JsonElement> Component(
        string sessionPath,
        string name = "Button",
        string jsxCode = "<b/>",
        bool isCurrent = true
    ) =>
        (
            await Made(
                $"{sessionPath}/components",
                new
                {
                    name,
                    jsx_code = jsxCode,
                    is_current = isCurrent,
                }
            )
        ).Json;

    /// <summary>Saves an interaction and returns it.</summary>
    public async Task<JsonElement> Interaction(string sessionPath, string prompt = "Bluer") =>
        (
            await Made(
                $"{sessionPath}/interactions",
                new
                {
                    prompt,
                    response = "Done",
                    interaction_type = "edit",
                }
            )
        ).Json;

    /// <summary>
    /// What a test needs before it begins. A service that has just started, on a machine that does much else, may have to
    /// refuse for a moment: as any client would, it is asked again under the same key.
    /// </summary>
    async Task<Answer> Made(string path, object body)
    {
        var key = ("Idempotency-Key", $"{Guid.NewGuid()}");
        for (var attempt = 1; ; attempt++)
        {
            var answer = await Post(path, body, key);
            if (answer.Status == 503 && attempt < AttemptsAtMost)
            {
                await Task.Delay(TimeSpan.FromSeconds(int.Parse(answer.Headers["Retry-After"])));
                continue;
            }
            Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
            return answer;
        }
    }
}
