using System.Text.Json;
using System.Text.Json.Serialization;

namespace AiEditor.Persistence.Infrastructure.Http;

/// <summary>A member of a merge patch: absent, or given (null included).</summary>
public readonly record struct Optional<T>(T Value)
{
    public bool IsGiven { get; } = true;

    /// <summary>The given value, or what there was.</summary>
    public T Or(T present) => IsGiven ? Value : present;
}

sealed class OptionalConverter : JsonConverterFactory
{
    public override bool CanConvert(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>);

    public override JsonConverter CreateConverter(Type type, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(type.GetGenericArguments()))!;

    sealed class Converter<T> : JsonConverter<Optional<T>>
    {
        public override bool HandleNull => true;

        public override Optional<T> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            // The converter itself, not the serializer: that would call the value the root and lose the member's name.
            new(((JsonConverter<T>)options.GetConverter(typeof(T))).Read(ref reader, typeof(T), options)!);

        public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Value, options);
    }
}
