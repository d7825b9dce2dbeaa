using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace SmartCommunity.Tidy;

/// <summary>What is banned, each with what to use instead.</summary>
public sealed partial class BanTests
{
    /// <summary>Measures the bare runtime beside the product, and needs a settled heap for it.</summary>
    private const string Measuring = "tests/Benchmarks/";

    private const string KeysFile = "src/SmartCommunity.Grains/GrainKeys.cs";

    private static readonly (string Call, string Instead)[] BannedInProduct =
    [
        ("DateTime.Now", "TimeProvider (the domain gets time in the command)"),
        ("DateTime.UtcNow", "TimeProvider (the domain gets time in the command)"),
        ("DateTime.Today", "TimeProvider and the district's time zone"),
        ("DateTimeOffset.Now", "TimeProvider (the domain gets time in the command)"),
        ("DateTimeOffset.UtcNow", "TimeProvider (the domain gets time in the command)"),
    ];

    private static readonly (string Call, string Instead)[] BannedEverywhere =
    [
        ("Thread.Sleep", "an awaited condition or a TimeProvider timer"),
        ("Channel.CreateUnbounded", "Channel.CreateBounded with a named limit"),
        ("GC.Collect", "nothing: measure first"),
    ];

    private static readonly (string Call, string Instead)[] BannedInTests =
    [
        ("Task.Delay", "an awaited event or a polled condition with a deadline"),
    ];

    [GeneratedRegex("(Manager|Helpers?|Utils?|Utility|Utilities|Processor|Info|Data|Dto|Base)$")]
    private static partial Regex EmptyName { get; }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Unfinished { get; }

    [Fact]
    public void Banned_calls_name_their_replacement() => Verdict.None(BannedCalls(Repository.Sources));

    [Fact]
    public void Grains_are_looked_up_in_one_file() => Verdict.None(GrainLookups(Repository.Sources));

    [Fact]
    public void Type_names_say_something() => Verdict.None(EmptyNames(Repository.Sources));

    [Fact]
    public void No_method_is_async_void() => Verdict.None(AsyncVoids(Repository.Sources));

    [Fact]
    public void No_failure_is_swallowed() => Verdict.None(SwallowedFailures(Repository.Sources));

    [Fact]
    public void Nothing_is_left_unfinished() => Verdict.None(
        (from source in Repository.Sources
         from trivia in source.Root.DescendantTrivia(descendIntoTrivia: false)
         where trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia) || trivia.HasStructure
         where Unfinished.IsMatch(trivia.ToFullString())
         select $"{source.At(trivia)}: finish it or file it")
        .Concat(
         from source in Repository.Sources
         from node in source.Root.DescendantNodes().OfType<IdentifierNameSyntax>()
         where node.Identifier.Text == nameof(NotImplementedException)
         where node.Parent is ObjectCreationExpressionSyntax
         select $"{source.At(node)}: NotImplementedException; leave the member out until it works")
        .Concat(
         from source in Repository.Sources
         from trivia in source.Root.DescendantTrivia(descendIntoTrivia: true)
         where trivia.IsKind(SyntaxKind.RegionDirectiveTrivia)
         select $"{source.At(trivia)}: #region; give the part its own type"));

    [Fact]
    public void Grains_are_internal_and_sealed() => Verdict.None(
        from source in Repository.Sources
        where source.IsProduct
        from type in source.Root.DescendantNodes().OfType<ClassDeclarationSyntax>()
        where type.BaseList?.Types.Any(t => t.Type.ToString() is "Grain" || t.Type.ToString().StartsWith("Grain<", StringComparison.Ordinal)) == true
        where !type.Modifiers.Any(SyntaxKind.AbstractKeyword)
        where !type.Modifiers.Any(SyntaxKind.InternalKeyword) || !type.Modifiers.Any(SyntaxKind.SealedKeyword)
        select $"{source.At(type)}: grain {type.Identifier.Text} must be internal sealed; its interface is the contract");

    [Fact]
    public void Tests_read_as_sentences() => Verdict.None(
        from source in Repository.Sources
        where source.File.StartsWith("tests/", StringComparison.Ordinal)
        from method in source.Root.DescendantNodes().OfType<MethodDeclarationSyntax>()
        where method.AttributeLists.SelectMany(a => a.Attributes).Any(a => a.Name.ToString() is "Fact" or "Theory")
        where method.Identifier.Text.Count(c => c == '_') < 2
        select $"{source.At(method)}: {method.Identifier.Text} is no sentence; Alarm_is_raised_once_while_the_level_stays_high is one");

    internal static IEnumerable<string> BannedCalls(IEnumerable<Source> sources) =>
        from source in sources
        from node in source.Root.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
        from ban in BannedEverywhere.Concat(source.IsProduct ? BannedInProduct : BannedInTests)
        where Calls(node, ban.Call)
        where !(ban.Call == "GC.Collect" && source.File.StartsWith(Measuring, StringComparison.Ordinal))
        select $"{source.At(node)}: {ban.Call} is banned; use {ban.Instead}";

    internal static IEnumerable<string> GrainLookups(IEnumerable<Source> sources) =>
        from source in sources
        where source.File != KeysFile && !source.File.StartsWith(Measuring, StringComparison.Ordinal)
        from name in source.Root.DescendantNodes().OfType<SimpleNameSyntax>()
        where name.Identifier.Text == "GetGrain"
        select $"{source.At(name)}: GetGrain is banned outside {KeysFile}; use its extension methods, which know the keys";

    internal static IEnumerable<string> EmptyNames(IEnumerable<Source> sources) =>
        from source in sources
        from type in source.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
        where EmptyName.IsMatch(type.Identifier.Text)
        select $"{source.At(type)}: {type.Identifier.Text} ends in a word that says nothing; name what it is in terms of the domain";

    internal static IEnumerable<string> AsyncVoids(IEnumerable<Source> sources) =>
        from source in sources
        from method in source.Root.DescendantNodes().OfType<MethodDeclarationSyntax>()
        where method.Modifiers.Any(SyntaxKind.AsyncKeyword) && method.ReturnType.ToString() == "void"
        select $"{source.At(method)}: async void {method.Identifier.Text}; return Task";

    internal static IEnumerable<string> SwallowedFailures(IEnumerable<Source> sources) =>
        from source in sources
        from clause in source.Root.DescendantNodes().OfType<CatchClauseSyntax>()
        where clause.Block.Statements.Count == 0 && !SaysWhy(clause)
        select $"{source.At(clause)}: an empty catch; handle it, or name one exact exception and the reason in a comment";

    private static bool Calls(MemberAccessExpressionSyntax node, string call)
    {
        var cut = call.LastIndexOf('.');
        var type = node.Expression is MemberAccessExpressionSyntax outer ? outer.Name.Identifier.Text : node.Expression.ToString();
        return node.Name.Identifier.Text == call[(cut + 1)..] && type == call[..cut];
    }

    private static bool SaysWhy(CatchClauseSyntax clause) =>
        clause.Declaration is { } declared
        && declared.Type.ToString() is not ("Exception" or "System.Exception")
        && clause.Block.DescendantTrivia().Any(t => t.IsKind(SyntaxKind.SingleLineCommentTrivia));
}
