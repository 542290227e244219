// What the walls are there to keep out, planted so that they can be seen to.
#pragma warning disable CA1812, CA1823, IDE0051, IDE0052

namespace AiEditor.Persistence.Tests.Architecture.Planted.Features.First
{
    sealed class Endpoint
    {
        public static string Greet() => new Second.Endpoint().Name;
    }
}

namespace AiEditor.Persistence.Tests.Architecture.Planted.Features.Second
{
    sealed class Endpoint
    {
        public string Name { get; } = "second";
    }
}

namespace AiEditor.Persistence.Tests.Architecture.Planted.Infrastructure.Http
{
    sealed class Nosy
    {
        readonly Features.Second.Endpoint above = new();

        public string Name => above.Name;
    }
}

namespace AiEditor.Persistence.Tests.Architecture.Planted.Migrations
{
    sealed class M0001_Dependent
    {
        readonly Infrastructure.Http.Nosy beside = new();

        public string Name => beside.Name;
    }
}
