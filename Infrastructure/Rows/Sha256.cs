using System.Text.Json;
using System.Text.Json.Serialization;

namespace AiEditor.Persistence.Infrastructure.Rows;

/// <summary>A SHA-256: 32 bytes in the database, 64 lowercase hex digits on the wire.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct Sha256(byte[] Bytes)
{
    public bool Equals(Sha256 other) => Bytes.AsSpan().SequenceEqual(other.Bytes);

    public override int GetHashCode() => BitConverter.ToInt32(Bytes);

    public override string ToString() => Convert.ToHexStringLower(Bytes);

    sealed class Converter : JsonConverter<Sha256>
    {
        public override Sha256 Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            new(Convert.FromHexString(reader.GetString()!));

        public override void Write(Utf8JsonWriter writer, Sha256 value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
