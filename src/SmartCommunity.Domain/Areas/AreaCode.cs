using System.Text.Json.Serialization;
using Orleans;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Areas;

/// <summary>The four levels of the administrative tree; the number is the length of the level's code in the current codec.</summary>
public enum AreaLevel
{
    None = 0,

    /// <summary>区县, GB/T 2260.</summary>
    District = 6,

    /// <summary>街道/乡镇, GB/T 10114.</summary>
    Street = 9,

    /// <summary>社区/村.</summary>
    Community = 12,

    /// <summary>单元网格.</summary>
    Cell = 15,
}

/// <summary>
/// The code of an area at any level: 6 digits district, 9 street, 12 community, 15 cell. A child's code begins with its parent's.
/// The layout is that of <see cref="AreaCodec"/>; nothing else in the product knows how many digits a level has.
/// </summary>
[GenerateSerializer, Immutable, Alias("sc.AreaCode"), JsonConverter(typeof(IdJsonConverter<AreaCode>))]
public readonly record struct AreaCode : IId<AreaCode>
{
    [Id(0)]
    private readonly string? digits;

    internal AreaCode(string digits) => this.digits = digits;

    public AreaLevel Level => AreaCodec.Current.LevelOf(ToString());

    /// <summary>The district this area lies in.</summary>
    public AreaCode District => AreaCodec.Current.Ancestor(this, AreaLevel.District);

    /// <summary>The area one level up; a district's parent is itself.</summary>
    public AreaCode Parent => AreaCodec.Current.ParentOf(this);

    public static AreaCode Parse(string text) => TryParse(text, out var code)
        ? code
        : throw new FormatException($"'{text}' is no area code of {AreaCodec.Current.Name}.");

    public static bool TryParse(string? text, out AreaCode code)
    {
        var ok = text is not null && AreaCodec.Current.LevelOf(text) != AreaLevel.None;
        code = ok ? new(text!) : default;
        return ok;
    }

    /// <summary>True when <paramref name="other"/> is this area or lies inside it.</summary>
    public bool Contains(AreaCode other) => other.ToString().StartsWith(ToString(), StringComparison.Ordinal);

    public override string ToString() => digits ?? string.Empty;
}
