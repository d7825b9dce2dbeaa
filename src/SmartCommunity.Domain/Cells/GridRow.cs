using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Views;

namespace SmartCommunity.Domain.Cells;

/// <summary>
/// The body of the grid's own view row. The commit of an import makes it due; it stays due until every building has been looked at with the new cells, so
/// that no kill in between leaves a building where it was.
/// </summary>
public sealed record GridRow(AreaCode District, DateTimeOffset ImportedAt)
{
    /// <summary>
    /// A building that is being defined while the import commits may have asked the old cells, and be written after the first look. So there is a second
    /// look when no call of that time can still be under way.
    /// </summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(60);

    /// <summary>The row in the commit of an import.</summary>
    public static Projected Imported(AreaCode district, DateTimeOffset now) => new GridRow(district, now).DueAt(now);

    /// <summary>The row after every building was looked at, beginning at <paramref name="begun"/>.</summary>
    public Projected LookedThrough(DateTimeOffset begun) => DueAt(begun < ImportedAt + SettleTime ? ImportedAt + SettleTime : null);

    private Projected DueAt(DateTimeOffset? due) =>
        new(ViewKinds.Grid, District.ToString(), District.ToString(), ViewStatus.None, this, due?.ToUnixTimeMilliseconds());
}
