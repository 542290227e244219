using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Journeys;

/// <summary>A deploy: the service is told to stop while it is being used.</summary>
public sealed class ShutdownJourney
{
    [Test]
    public async Task Readiness_fails_first_while_requests_are_still_served_and_it_ends_with_0()
    {
        await using var service = await Service.StartAsync(("SHUTDOWN_DELAY", "3"));
        var user = Actor.New(service);
        var session = await user.SessionPath();
        var clock = Stopwatch.StartNew();

        var stopping = service.StopAsync();
        await UntilNotReadyAsync(service, clock);
        // A new connection each time, as those have that a load balancer still sends here.
        var statuses = new List<int>();
        while (clock.Elapsed < TimeSpan.FromSeconds(2))
        {
            statuses.Add(await SaveOnNewConnectionAsync(service, user, session));
            // A trickle through the whole delay, not a condition that is waited for.
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        Assert.That(statuses, Has.Count.GreaterThan(3));
        Assert.That(statuses, Has.All.EqualTo(201));
        Assert.That(await stopping, Is.Zero, service.Output);
        Assert.That(clock.Elapsed, Is.GreaterThan(TimeSpan.FromSeconds(2.9)).And.LessThan(TimeSpan.FromSeconds(10)));
        Assert.That(await CountAsync(user, session), Is.EqualTo(statuses.Count));
    }

    [Test]
    public async Task Requests_in_flight_when_the_door_closes_are_answered_and_new_connections_are_refused()
    {
        await using var service = await Service.StartAsync(("SHUTDOWN_DELAY", "0"));
        var user = Actor.New(service);
        var session = await user.SessionPath();
        using var body = new SlowBody("""{"role": "user", "content": """, "\"Said while it was stopping.\"}");
        var inFlight = user.Post($"{session}/messages", body, SlowBody.Invited);
        await body.Begun;

        var stopping = service.StopAsync();
        await UntilRefusedAsync(service);
        body.Finish();

        Assert.That((await inFlight).Status, Is.EqualTo(201));
        Assert.That(await stopping, Is.Zero, service.Output);
        Assert.That(await CountAsync(user, session), Is.EqualTo(1));
    }

    [Test]
    public async Task A_request_that_outlasts_the_stop_is_cut_off_and_it_ends_with_0_all_the_same()
    {
        await using var service = await Service.StartAsync(("SHUTDOWN_DELAY", "0"));
        var user = Actor.New(service);
        using var body = new SlowBody("""{"format": "ai-editor-session", """, "\"version\": 1}");
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        var inFlight = user.Post("/v1/sessions/import", body, SlowBody.Invited);
        await body.Begun;
        var clock = Stopwatch.StartNew();

        var exitCode = await service.StopAsync();

        Assert.That(exitCode, Is.Zero, service.Output);
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(25)));
        Assert.That(service.Output, Does.Not.Contain("Exception").And.Not.Contain("   at "));
        body.Finish();
        await Assert.CatchAsync<HttpRequestException>(() => inFlight);
    }

    static async Task UntilNotReadyAsync(Service service, Stopwatch clock)
    {
        while (clock.Elapsed < TimeSpan.FromSeconds(2))
        {
            using var answer = await service.Http.GetAsync("/health/ready");
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                using var alive = await service.Http.GetAsync("/health/live");
                Assert.That(alive.StatusCode, Is.EqualTo(HttpStatusCode.OK));
                return;
            }
        }
        Assert.Fail("Readiness never failed.");
    }

    static async Task UntilRefusedAsync(Service service)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(10))
            try
            {
                using var connection = new System.Net.Sockets.TcpClient();
                await connection.ConnectAsync(IPAddress.Loopback, service.Address.Port);
                await Task.Delay(20);
            }
            catch (System.Net.Sockets.SocketException)
            {
                return;
            }
        Assert.Fail("The door never closed.");
    }

    static async Task<int> SaveOnNewConnectionAsync(Service service, Actor user, string session)
    {
        using var http = new HttpClient { BaseAddress = service.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Actor.Token(user.UserId));
        using var body = new StringContent(
            """{"role": "user", "content": "Still here."}""",
            Encoding.UTF8,
            "application/json"
        );
        using var answer = await http.PostAsync(new Uri($"{session}/messages", UriKind.Relative), body);
        return (int)answer.StatusCode;
    }

    static async Task<int> CountAsync(Actor user, string session)
    {
        var loaded = await user.At(Service.Main).Get(session);
        return loaded.Json.GetProperty("messages").GetArrayLength();
    }

    /// <summary>A body whose second half is sent when the test says so.</summary>
    sealed class SlowBody : HttpContent
    {
        /// <summary>
        /// Only a service that has the request in hand asks for its body. One that is stopping may close a connection on which
        /// a request is just arriving, as any server may.
        /// </summary>
        public static readonly (string, string) Invited = ("Expect", "100-continue");

        readonly string first;
        readonly string second;
        readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly TaskCompletionSource finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SlowBody(string first, string second)
        {
            (this.first, this.second) = (first, second);
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        public Task Begun => begun.Task;

        public void Finish() => finish.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(first));
            await stream.FlushAsync();
            begun.TrySetResult();
            await finish.Task;
            await stream.WriteAsync(Encoding.UTF8.GetBytes(second));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
