using System.Text.Json;
using AiEditor.Persistence.Infrastructure.Http;

namespace AiEditor.Persistence.Features.ApplyBatch;

/// <summary>
/// The batch around its operations, which it only cuts apart: what is wrong inside one is for that one to be refused. By a
/// reader and not as a document, whose time grows with the square of the depth that a hostile body may have.
/// </summary>
static class Envelope
{
    const int OperationsAtMost = 500;
    const string Name = "operations";
    static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };
    static readonly Problem OneMember = Problem.Malformed($"A batch has one member, {Name}.");

    public static (IReadOnlyList<ReadOnlyMemory<byte>> Operations, Problem? Problem) Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            var operations = new List<ReadOnlyMemory<byte>>();
            return (operations, Cut(utf8, operations));
        }
        catch (JsonException e)
        {
            return ([], StrictBody.NotStrict(e));
        }
    }

    static Problem? Cut(ReadOnlyMemory<byte> utf8, List<ReadOnlyMemory<byte>> operations)
    {
        var reader = new Utf8JsonReader(utf8.Span, AnyDepth);
        reader.Read();
        if (reader.TokenType is not JsonTokenType.StartObject)
            return StrictBody.NoObject;
        Problem? problem = null;
        var isGiven = false;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            problem ??= isGiven || !IsOperations(ref reader) ? OneMember : null;
            isGiven = true;
            reader.Read();
            if (problem is not null)
                reader.Skip();
            else if (reader.TokenType is not JsonTokenType.StartArray)
            {
                problem = Problem.Malformed("Must be an array.", Name);
                reader.Skip();
            }
            else
                problem = Cut(ref reader, utf8, operations);
        }
        // To the very end: what follows the object makes it no JSON, and the reader says so.
        reader.Read();
        return problem ?? (isGiven ? null : Problem.Invalid(Name, "is required"));
    }

    static Problem? Cut(ref Utf8JsonReader reader, ReadOnlyMemory<byte> utf8, List<ReadOnlyMemory<byte>> operations)
    {
        var count = 0;
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (++count <= OperationsAtMost)
                operations.Add(utf8[start..(int)reader.BytesConsumed]);
        }
        return count is > 0 and <= OperationsAtMost ? null : Problem.Invalid(Name, $"must be 1 to {OperationsAtMost}");
    }

    /// <summary>A name that is no Unicode is another one; asked for as text, the framework would throw.</summary>
    static bool IsOperations(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() is Name;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
