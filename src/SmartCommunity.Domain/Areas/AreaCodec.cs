namespace SmartCommunity.Domain.Areas;

/// <summary>
/// One version of the layout of area codes. The standard has changed before (a 14-digit cell code existed), so the layout is a value,
/// not a regular expression: a new version is a new instance with its own name.
/// </summary>
public sealed record AreaCodec(string Name, int DistrictDigits, int StreetDigits, int CommunityDigits, int CellDigits)
{
    /// <summary>15 digits = 6 county (GB/T 2260) + 3 street (GB/T 10114) + 3 community + 3 sequence.</summary>
    public static AreaCodec V2 { get; } = new("area-codec/2", 6, 3, 3, 3);

    /// <summary>The layout in force.</summary>
    public static AreaCodec Current => V2;

    public int LengthOf(AreaLevel level) => level switch
    {
        AreaLevel.District => DistrictDigits,
        AreaLevel.Street => DistrictDigits + StreetDigits,
        AreaLevel.Community => DistrictDigits + StreetDigits + CommunityDigits,
        AreaLevel.Cell => DistrictDigits + StreetDigits + CommunityDigits + CellDigits,
        _ => 0,
    };

    /// <summary>The level of a code by its form; <see cref="AreaLevel.None"/> when it is no code. A district does not begin with 0; no lower part is all zeros.</summary>
    public AreaLevel LevelOf(ReadOnlySpan<char> text)
    {
        var level = AreaLevel.None;
        foreach (var candidate in (ReadOnlySpan<AreaLevel>)[AreaLevel.District, AreaLevel.Street, AreaLevel.Community, AreaLevel.Cell])
        {
            if (LengthOf(candidate) == text.Length)
            {
                level = candidate;
            }
        }

        if (level == AreaLevel.None || text.ContainsAnyExceptInRange('0', '9') || text[0] == '0')
        {
            return AreaLevel.None;
        }

        var rest = text[DistrictDigits..];
        foreach (var digits in (ReadOnlySpan<int>)[StreetDigits, CommunityDigits, CellDigits])
        {
            if (rest.IsEmpty)
            {
                break;
            }

            if (!rest[..digits].ContainsAnyExcept('0'))
            {
                return AreaLevel.None;
            }

            rest = rest[digits..];
        }

        return level;
    }

    public AreaCode Ancestor(AreaCode code, AreaLevel level)
    {
        var text = code.ToString();
        var length = LengthOf(level);
        return length <= text.Length ? new(text[..length]) : throw new ArgumentException($"{code} has no ancestor at {level}.", nameof(level));
    }

    public AreaCode ParentOf(AreaCode code) => code.Level switch
    {
        AreaLevel.Cell => Ancestor(code, AreaLevel.Community),
        AreaLevel.Community => Ancestor(code, AreaLevel.Street),
        _ => Ancestor(code, AreaLevel.District),
    };
}
