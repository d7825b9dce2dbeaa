using System.Reflection;
using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using SmartCommunity.Domain;
using SmartCommunity.Domain.Wire;
using Xunit;

namespace SmartCommunity.Tidy;

/// <summary>What a new event, state, rpc must not be forgotten in.</summary>
public sealed partial class ContractTests
{
    private const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Assembly[] Rooms = Directory.GetFiles(AppContext.BaseDirectory, "SmartCommunity.*.dll")
        .Where(f => !f.EndsWith("Tidy.dll", StringComparison.Ordinal))
        .Select(Assembly.LoadFrom)
        .ToArray();

    [GeneratedRegex("^[a-z]+(-[a-z]+)*/[1-9][0-9]*$")]
    private static partial Regex WireForm { get; }

    [Fact]
    public void Wire_names_are_unique_and_carry_a_version()
    {
        var names = Constants(typeof(WireNames)).ToArray();
        Assert.NotEmpty(names);
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
        Verdict.None(from name in names where !WireForm.IsMatch(name) select $"{name}: a wire name is name/version");
    }

    [Fact]
    public void Every_event_has_its_wire_name()
    {
        var names = typeof(WireNames).GetFields(Static).Where(f => f.IsLiteral).Select(f => f.Name).ToHashSet();
        Verdict.None(
            from type in typeof(DomainEvent).Assembly.GetTypes()
            where type.IsSubclassOf(typeof(DomainEvent)) && !type.IsAbstract
            where !names.Contains(type.Name)
            select $"{type.Name} has no constant in WireNames");
    }

    [Fact]
    public void Names_of_stored_states_are_unique()
    {
        var names = Rooms.SelectMany(r => r.GetTypes()).Where(t => t.Name == "StateNames").SelectMany(Constants).ToArray();
        Assert.NotEmpty(names);
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Every_rpc_has_an_edge_test()
    {
        var called = Repository.Sources
            .Where(s => s.File.StartsWith("tests/Edge.Tests/", StringComparison.Ordinal))
            .SelectMany(s => s.Root.DescendantNodes().OfType<SimpleNameSyntax>())
            .Select(n => n.Identifier.Text)
            .ToHashSet(StringComparer.Ordinal);
        Verdict.None(
            from service in Services()
            from method in service.Methods
            where !called.Contains(method.Name) && !called.Contains(method.Name + "Async")
            select $"{method.FullName} is called by no test of tests/Edge.Tests");
    }

    private static IEnumerable<string> Constants(Type type) =>
        from field in type.GetFields(Static)
        where field.IsLiteral && field.FieldType == typeof(string)
        select (string)field.GetRawConstantValue()!;

    private static IEnumerable<ServiceDescriptor> Services() =>
        from type in typeof(V1.Device).Assembly.GetTypes()
        let file = type.GetProperty("Descriptor", Static)
        where file?.PropertyType == typeof(FileDescriptor)
        from service in ((FileDescriptor)file.GetValue(null)!).Services
        select service;
}
