// Records that fit their table (id bigint not null, name text), and some that do not.
#pragma warning disable CA1812

namespace AiEditor.Persistence.Tests.Architecture.Planted;

sealed record Right(long Id, string? Name)
{
    public string NotAColumn => $"{Id}{Name}";
}

sealed record Missing(long Id);

sealed record Extra(long Id, string? Name, string Colour);

sealed record WrongType(int Id, string? Name);

sealed record TooStrict(long Id, string Name);

sealed record TooLax(long? Id, string? Name);
