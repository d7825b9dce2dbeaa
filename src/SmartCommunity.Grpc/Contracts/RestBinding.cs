using System.Collections.Concurrent;
using Google.Api;
using Google.Protobuf.Reflection;

namespace SmartCommunity.Grpc.Contracts;

/// <summary>One way of calling an rpc over REST, as its <c>google.api.http</c> says.</summary>
/// <param name="Verb">Upper case.</param>
/// <param name="Template">As it is written: <c>/v1/{parent=districts/*}/buildings</c>.</param>
/// <param name="Body">Name of the field that is the body, <c>*</c> for all that is not in the path, empty for no body.</param>
internal sealed record RestBinding(MethodDescriptor Method, string Verb, string Template, string Body)
{
    private const string Everything = "*";

    private static readonly ConcurrentDictionary<MethodDescriptor, RestBinding[]> Known = new();

    /// <summary>Fields that the path fills: proto path and pattern (<c>parent</c>, <c>districts/*</c>).</summary>
    public IReadOnlyList<(string Field, string Pattern)> PathFields { get; } =
    [
        .. Template.Split('{').Skip(1).Select(part => part[..part.IndexOf('}', StringComparison.Ordinal)].Split('=')).Select(pair => (pair[0], pair.Length > 1 ? pair[1] : "*")),
    ];

    public bool HasBody => Body.Length > 0;

    public bool TakesEverythingFromBody => Body == Everything;

    /// <summary>The field that is the body; null when there is none or the whole request is.</summary>
    public FieldDescriptor? BodyField => HasBody && !TakesEverythingFromBody ? Method.InputType.FindFieldByName(Body) : null;

    /// <summary>The message that a JSON body is read into.</summary>
    public MessageDescriptor BodyType => BodyField?.MessageType ?? Method.InputType;

    /// <summary>Fields of the request that stand in the query.</summary>
    public IEnumerable<FieldDescriptor> QueryFields => TakesEverythingFromBody
        ? []
        : Method.InputType.Fields.InDeclarationOrder().Where(candidate => candidate.Name != Body && !IsInPath(candidate.Name));

    public static IReadOnlyList<RestBinding> Of(MethodDescriptor method) => Known.GetOrAdd(method, static m => [.. Read(m)]);

    public bool IsInPath(string field) => PathFields.Any(path => path.Field == field);

    private static IEnumerable<RestBinding> Read(MethodDescriptor method)
    {
        var rule = method.GetOptions()?.GetExtension(AnnotationsExtensions.Http);
        if (rule is null)
        {
            yield break;
        }

        foreach (var one in rule.AdditionalBindings.Prepend(rule))
        {
            var (verb, template) = one.PatternCase switch
            {
                HttpRule.PatternOneofCase.Get => ("GET", one.Get),
                HttpRule.PatternOneofCase.Put => ("PUT", one.Put),
                HttpRule.PatternOneofCase.Post => ("POST", one.Post),
                HttpRule.PatternOneofCase.Delete => ("DELETE", one.Delete),
                HttpRule.PatternOneofCase.Patch => ("PATCH", one.Patch),
                _ => throw new InvalidOperationException($"{method.FullName} has a binding without a path."),
            };
            yield return new(method, verb, template, one.Body);
        }
    }
}
