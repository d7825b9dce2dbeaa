using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace SmartCommunity.Tidy;

/// <summary>A rule that cannot fail proves nothing: each kind of look at the code is shown an offence here.</summary>
public sealed class MutantTests
{
    [Fact]
    public void An_offence_fails_the_verdict() => Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Verdict.None(["one"]));

    [Fact]
    public void The_working_copy_is_really_looked_at()
    {
        Assert.True(Repository.Files.Length > 50);
        Assert.Contains(Repository.Sources, s => s.File == "src/SmartCommunity.Host/Program.cs");
        Assert.DoesNotContain(Repository.Sources, s => s.File.Contains("/obj/", StringComparison.Ordinal));
        Assert.All(Repository.Sources, s => Assert.True(s.Root.IsKind(SyntaxKind.CompilationUnit)));
    }

    [Theory]
    [InlineData("class A { object B() => System.DateTime.UtcNow; }")]
    [InlineData("class A { void B() { Thread.Sleep(1); } }")]
    [InlineData("class A { object B() => Channel.CreateUnbounded<int>(); }")]
    public void A_banned_call_is_seen(string code) => Assert.Single(BanTests.BannedCalls([Offender(code)]));

    [Fact]
    public void Other_offences_are_seen()
    {
        Assert.Single(BanTests.GrainLookups([Offender("class A { object B(IGrainFactory g) => g.GetGrain<IGrain>(1); }")]));
        Assert.Single(BanTests.EmptyNames([Offender("class DeviceManager { }")]));
        Assert.Single(BanTests.AsyncVoids([Offender("class A { async void B() { } }")]));
        Assert.Single(BanTests.SwallowedFailures([Offender("class A { void B() { try { } catch { } } }")]));
        Assert.Single(BanTests.SwallowedFailures([Offender("class A { void B() { try { } catch (Exception) { /* why */ } } }")]));
    }

    private static Source Offender(string code) => new("src/SmartCommunity.Grains/Offender.cs", CSharpSyntaxTree.ParseText(code, cancellationToken: TestContext.Current.CancellationToken));
}
