using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AiEditor.Persistence.Infrastructure.Http;

namespace AiEditor.Persistence.Infrastructure.Rows;

/// <summary>A JSON object kept as compact text: what goes in comes out, numbers digit for digit.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct Json(string Text)
{
    public static readonly Json Empty = new("{}");

    /// <summary>Bytes of the compact text in UTF-8.</summary>
    public int Size => Encoding.UTF8.GetByteCount(Text);

    /// <summary>RFC 7396: members are replaced, null takes a member away, objects merge.</summary>
    public Json Merge(Json patch)
    {
        var target = JsonNode.Parse(Text)!.AsObject();
        Merge(target, JsonNode.Parse(patch.Text)!.AsObject());
        return new Json(target.ToJsonString(Wire.Options));
    }

    static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
            if (value is null)
                target.Remove(name);
            else if (value is JsonObject below)
            {
                if (target[name] is not JsonObject)
                    target[name] = new JsonObject();
                Merge(target[name]!.AsObject(), below);
            }
            else
                target[name] = value.DeepClone();
    }

    sealed class Converter : JsonConverter<Json>
    {
        public override Json Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                throw new JsonException();
            using var document = JsonDocument.ParseValue(ref reader);
            var raw = JsonMarshal.GetRawUtf8Value(document.RootElement);
            // Nothing to leave out and nothing spelt in two ways: what programs write is compact, mostly.
            if (!raw.ContainsAny(" \t\r\n\\"u8))
                return new Json(Encoding.UTF8.GetString(raw));
            var compact = new ArrayBufferWriter<byte>(256);
            using (var writer = new Utf8JsonWriter(compact, new JsonWriterOptions { Encoder = Wire.Encoder }))
                document.RootElement.WriteTo(writer);
            return new Json(Encoding.UTF8.GetString(compact.WrittenSpan));
        }

        public override void Write(Utf8JsonWriter writer, Json value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Text, skipInputValidation: true);
    }
}
