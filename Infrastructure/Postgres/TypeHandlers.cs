using System.Data;
using System.Text.Json;
using AiEditor.Persistence.Infrastructure.Http;
using AiEditor.Persistence.Infrastructure.Rows;
using Dapper;
using Action = AiEditor.Persistence.Infrastructure.Rows.Action;

namespace AiEditor.Persistence.Infrastructure.Postgres;

/// <summary>How columns become members of rows.</summary>
static class TypeHandlers
{
    public static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.Settings.PreferTypeHandlersForEnums = true;
        SqlMapper.AddTypeHandler(new Reads<Json>(v => new Json((string)v)));
        SqlMapper.AddTypeHandler(new Reads<Sha256>(v => new Sha256((byte[])v)));
        SqlMapper.AddTypeHandler(new Reads<Role>(v => Wire.Value<Role>((string)v)));
        SqlMapper.AddTypeHandler(new Reads<Kind>(v => Wire.Value<Kind>((string)v)));
        SqlMapper.AddTypeHandler(new Reads<Action>(v => Wire.Value<Action>((string)v)));
        SqlMapper.AddTypeHandler(new Reads<IReadOnlyList<Attachment>>(v => Attachments((string)v)));
    }

    static IReadOnlyList<Attachment> Attachments(string json) =>
        json is "[]" ? [] : JsonSerializer.Deserialize<Attachment[]>(json, Wire.Options)!;

    sealed class Reads<T>(Func<object, T> parse) : SqlMapper.TypeHandler<T>
    {
        public override T Parse(object value) => parse(value);

        // Rows are written as sets of arrays, whose elements the statements convert themselves.
        public override void SetValue(IDbDataParameter parameter, T? value) =>
            throw new NotSupportedException($"{typeof(T).Name} is bound as text.");
    }
}
