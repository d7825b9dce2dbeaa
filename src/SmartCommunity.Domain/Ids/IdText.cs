using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Domain.Ids;

/// <summary>The one rule for the text of ids: 1 to 64 of <c>A-Z a-z 0-9 . _ -</c>, beginning with a letter or digit.</summary>
public static class IdText
{
    /// <summary>The longest id, in characters.</summary>
    public const int CharsMax = 64;

    /// <summary>True when <paramref name="text"/> may be an id. No character is ever replaced: a bad id is refused.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > CharsMax || !char.IsAsciiLetterOrDigit(text[0]))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The refusal for a text that is no id.</summary>
    public static Refusal Refuse(string field) => new(
        RefusalCode.Malformed,
        field,
        $"An id has 1 to {CharsMax} characters of A-Z a-z 0-9 . _ - and begins with a letter or digit.",
        "Choose an id of that form; the display name may hold any text.");

    internal static string Checked(string text, string type) => IsValid(text)
        ? text
        : throw new FormatException($"'{text}' is no {type}: {Refuse(type).Rule}");
}
