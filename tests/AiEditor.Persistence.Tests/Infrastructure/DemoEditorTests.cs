using System.Net;
using AiEditor.Persistence.Tests.Support;

namespace AiEditor.Persistence.Tests.Infrastructure;

/// <summary>What stands at the root. That the editor works there is tried in a browser.</summary>
public sealed class DemoEditorTests
{
    [Test]
    public async Task Where_the_editor_is_not_built_the_root_says_how_it_would_be()
    {
        using var answer = await Service.Main.Http.GetAsync("/");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("./run"));
    }

    [Test]
    public async Task Outside_Development_there_is_no_editor()
    {
        await using var service = await Service.StartAsync(("ASPNETCORE_ENVIRONMENT", "Production"));

        using var answer = await service.Http.GetAsync("/");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }
}
