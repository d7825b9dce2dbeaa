using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace SmartCommunity.Grpc.Calls;

/// <summary>Reads the fields that all requests have in common, by their proto names.</summary>
internal static class RequestFields
{
    private const string RequestIdField = "request_id";

    private static readonly ConcurrentDictionary<(System.Type Request, string Path), Func<IMessage, string>> Readers = new();

    /// <summary>The text of a string field by its path; empty when the message on the way is not set.</summary>
    public static string Text(IMessage request, string path) => Readers.GetOrAdd((request.GetType(), path), _ => Reader(request, path))(request);

    /// <summary>The request id; null when there is none.</summary>
    public static string? RequestId(IMessage request)
    {
        var id = request.Descriptor.FindFieldByName(RequestIdField) is null ? string.Empty : Text(request, RequestIdField);
        return id.Length == 0 ? null : id;
    }

    /// <summary>64 bits of SHA-256 over the method and the message's bytes.</summary>
    public static ulong Fingerprint(string method, IMessage request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(method));
        hash.AppendData(request.ToByteArray());
        return BinaryPrimitives.ReadUInt64BigEndian(hash.GetHashAndReset());
    }

    private static Func<IMessage, string> Reader(IMessage request, string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var head = dot < 0 ? path : path[..dot];
        var accessor = request.Descriptor.FindFieldByName(head)?.Accessor
            ?? throw new InvalidOperationException($"{request.Descriptor.Name} has no field {path}.");
        return dot < 0
            ? message => (string)accessor.GetValue(message)
            : message => accessor.GetValue(message) is IMessage inner ? Text(inner, path[(dot + 1)..]) : string.Empty;
    }
}
