using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using SmartCommunity.Grpc.Calls;
using Xunit;

namespace SmartCommunity.Edge.Tests.Grpc;

/// <summary>All rpcs of the public contract, from its descriptors; and calls of them with any bytes.</summary>
internal static class Rpcs
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(bytes => bytes, bytes => bytes);

    public static IReadOnlyList<MethodDescriptor> All { get; } =
    [
        .. typeof(V1.BuildingService).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(V1.BuildingService).Namespace && type.GetProperty("Descriptor")?.PropertyType == typeof(ServiceDescriptor))
            .Select(type => (ServiceDescriptor)type.GetProperty("Descriptor")!.GetValue(null)!)
            .SelectMany(service => service.Methods),
    ];

    public static IEnumerable<TheoryDataRow<string>> Names => All.Select(rpc => new TheoryDataRow<string>(FullName(rpc)));

    public static string FullName(MethodDescriptor rpc) => $"/{rpc.Service.FullName}/{rpc.Name}";

    public static MethodDescriptor Find(string fullName) => All.Single(rpc => FullName(rpc) == fullName);

    /// <summary>A request that names a district and is otherwise empty, but for ids that make its names complete.</summary>
    public static IMessage Request(MethodDescriptor rpc, string district)
    {
        var request = (IMessage)Activator.CreateInstance(rpc.InputType.ClrType)!;
        var field = CallNeeds.Find(FullName(rpc))!.Field;
        if (field.Length > 0)
        {
            Set(request, field, Name(rpc, field, district));
        }

        return request;
    }

    /// <summary>Calls with bytes as they are; answers the status, the first message of a stream counts as OK.</summary>
    public static async Task<RpcException?> CallAsync(CallInvoker invoker, MethodDescriptor rpc, byte[] request, Metadata headers, CancellationToken cancellation)
    {
        var type = rpc.IsServerStreaming ? MethodType.ServerStreaming : MethodType.Unary;
        var method = new Method<byte[], byte[]>(type, rpc.Service.FullName, rpc.Name, Raw, Raw);
        var options = new CallOptions(headers, cancellationToken: cancellation);
        try
        {
            if (rpc.IsServerStreaming)
            {
                using var call = invoker.AsyncServerStreamingCall(method, null, options, request);
                await call.ResponseStream.MoveNext(cancellation);
            }
            else
            {
                await invoker.AsyncUnaryCall(method, null, options, request);
            }

            return null;
        }
        catch (RpcException refused)
        {
            return refused;
        }
    }

    private static string Name(MethodDescriptor rpc, string field, string district)
    {
        var path = rpc.GetOptions().GetExtension(Google.Api.AnnotationsExtensions.Http) is var http && http.Get.Length > 0 ? http.Get
            : http.Post.Length > 0 ? http.Post : http.Patch.Length > 0 ? http.Patch : http.Delete;
        var pattern = path[(path.IndexOf(field + "=", StringComparison.Ordinal) + field.Length + 1)..].Split('}')[0];
        var segments = pattern.Split('/');
        segments[1] = district;
        for (var i = 3; i < segments.Length; i += 2)
        {
            segments[i] = segments[i - 1] switch { "cells" => $"{district}001001001", "areas" => $"{district}001", _ => "x1" };
        }

        return string.Join('/', segments);
    }

    private static void Set(IMessage message, string path, string value)
    {
        var parts = path.Split('.', 2);
        var field = message.Descriptor.FindFieldByName(parts[0]);
        if (parts.Length == 1)
        {
            field.Accessor.SetValue(message, value);
            return;
        }

        var inner = (IMessage)Activator.CreateInstance(field.MessageType.ClrType)!;
        Set(inner, parts[1], value);
        field.Accessor.SetValue(message, inner);
    }
}
