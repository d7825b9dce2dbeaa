using System.Globalization;

namespace SmartCommunity.Cli.Output;

/// <summary>The languages <c>sc</c> speaks.</summary>
internal enum Language
{
    English,
    Chinese,
}

/// <summary>
/// Sentences in both languages, by name. A concept keeps its sentences in one table beside its commands; a place is <c>{0}</c>, the same in both.
/// </summary>
internal sealed class Words(IReadOnlyDictionary<string, (string English, string Chinese)> table)
{
    /// <summary>All sentences, for the test that both languages are complete.</summary>
    public IReadOnlyDictionary<string, (string English, string Chinese)> All => table;

    public string Say(Language language, string name, params object?[] places)
    {
        var (english, chinese) = table[name];
        return string.Format(CultureInfo.InvariantCulture, language == Language.Chinese ? chinese : english, places);
    }

    /// <summary>The option's word, else the first of SC_LANG, LC_ALL, LC_MESSAGES and LANG that says anything.</summary>
    public static Language LanguageOf(string? option, Func<string, string?> variable)
    {
        var said = new[] { option, variable("SC_LANG"), variable("LC_ALL"), variable("LC_MESSAGES"), variable("LANG") }.FirstOrDefault(v => !string.IsNullOrEmpty(v));
        return said?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true ? Language.Chinese : Language.English;
    }
}
