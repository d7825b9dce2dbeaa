using System.Collections.Frozen;
using Google.Api;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace SmartCommunity.Grpc.Contracts;

/// <summary>
/// The public contract as it was written, with the comments of the protos. Generated code leaves comments out, so the build embeds what protoc read
/// (<c>contract.binpb</c> of <c>Protocol</c>).
/// </summary>
internal static class Contract
{
    /// <summary>The package of all our services.</summary>
    public const string Package = "smartcommunity.v1";

    private const string Resource = "contract.binpb";

    private static readonly FrozenDictionary<string, MethodDescriptor> ByFullName =
        Read().ToFrozenDictionary(method => $"/{method.Service.FullName}/{method.Name}", StringComparer.Ordinal);

    /// <summary>All rpcs, by service and then in the order of the proto.</summary>
    public static IEnumerable<MethodDescriptor> Methods => ByFullName.Values
        .OrderBy(method => method.Service.Name, StringComparer.Ordinal)
        .ThenBy(method => method.Index);

    /// <param name="fullName"><c>/smartcommunity.v1.BuildingService/GetBuilding</c>.</param>
    public static MethodDescriptor? Find(string fullName) => ByFullName.GetValueOrDefault(fullName);

    /// <summary>The comment above a declaration, on one line; empty when there is none.</summary>
    public static string CommentOf(IDescriptor declared)
    {
        var declaration = declared switch
        {
            ServiceDescriptor service => service.Declaration,
            MethodDescriptor method => method.Declaration,
            MessageDescriptor message => message.Declaration,
            FieldDescriptor field => field.Declaration,
            EnumDescriptor values => values.Declaration,
            EnumValueDescriptor value => value.Declaration,
            OneofDescriptor oneof => oneof.Declaration,
            _ => null,
        };
        return string.Join(' ', (declaration?.LeadingComments ?? string.Empty).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static IEnumerable<MethodDescriptor> Read()
    {
        using var stream = typeof(V1.Device).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not embedded.");
        var files = FileDescriptorSet.Parser.ParseFrom(stream).File.Select(file => file.ToByteString());
        return FileDescriptor.BuildFromByteStrings(files, new ExtensionRegistry { AnnotationsExtensions.Http })
            .Where(file => file.Package == Package)
            .SelectMany(file => file.Services)
            .SelectMany(service => service.Methods);
    }
}
