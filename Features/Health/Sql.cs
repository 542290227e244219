namespace AiEditor.Persistence.Features.Health;

static class Sql
{
    public const string Ping = "select 1";
}
