using Xunit;

namespace SmartCommunity.Tidy;

internal static class Verdict
{
    /// <summary>Every rule stands at zero: the first offence fails, and all of them are listed.</summary>
    public static void None(IEnumerable<string> offences)
    {
        var all = offences.ToArray();
        Assert.True(all.Length == 0, $"{all.Length} offences:\n  " + string.Join("\n  ", all));
    }
}
