using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Domain.Commands;

/// <summary>The checks that deciders share; each answers null or the refusal.</summary>
internal static class Check
{
    /// <summary>1 to <paramref name="charsMax"/> characters, not only blanks, no control characters but line breaks and tabs, no lone surrogates.</summary>
    public static Refusal? Text(string? text, string field, int charsMax = Limits.NameCharsMax, bool required = true)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return required ? new(RefusalCode.Missing, field, "The field must not be empty.", "Give a text.") : null;
        }

        if (text.Length > charsMax)
        {
            return new(RefusalCode.TooLarge, field, $"The text has {text.Length} characters; at most {charsMax} are kept.", "Shorten it.");
        }

        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var pair = char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (pair)
            {
                i++;
            }
            else if (char.IsSurrogate(c) || (char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
            {
                return new(RefusalCode.Malformed, field, $"Character {i + 1} is no text (U+{(int)c:X4}).", "Remove it.");
            }
        }

        return null;
    }

    public static Refusal? Range(double value, double min, double max, string field) => value >= min && value <= max
        ? null
        : new(RefusalCode.OutOfRange, field, FormattableString.Invariant($"The value must lie in {min} … {max}."), "Give a value in that range.");

    public static Refusal? Count(int count, int max, string field) => count <= max
        ? null
        : new(RefusalCode.TooLarge, field, $"At most {max} are allowed, {count} came.", "Give fewer.");

    /// <summary>Whether the writer found what it expected. <paramref name="current"/>: the revision there is; null when there is nothing.</summary>
    public static Refusal? Condition(WriteCondition condition, long? current, string what)
    {
        if (condition.MustBeNew && current is not null)
        {
            return new(RefusalCode.AlreadyExists, what, $"The {what} exists already.", "Choose another id, or update it.");
        }

        if (condition.MustExist && current is null)
        {
            return NotFound(what);
        }

        return condition.Revision is { } seen && current is { } now && seen != now
            ? new(RefusalCode.Stale, "etag", $"The {what} is at revision {now}, not {seen}.", "Read it again and repeat the change on what it now is.")
            : null;
    }

    public static Refusal NotFound(string what) =>
        new(RefusalCode.NotFound, what, $"There is no such {what}.", "Check the id and the district.");
}
