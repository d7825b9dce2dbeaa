using System.Collections.Immutable;
using SmartCommunity.Domain.Areas;

namespace SmartCommunity.Domain.Cells;

/// <summary>The fold of the stream <c>grid</c>: names of streets and communities, outlines of cells.</summary>
public sealed record GridState(AreaCode District, ImmutableDictionary<AreaCode, AreaName> Areas, ImmutableDictionary<AreaCode, Cell> Cells)
{
    public static GridState Empty(AreaCode district) =>
        new(district, ImmutableDictionary<AreaCode, AreaName>.Empty, ImmutableDictionary<AreaCode, Cell>.Empty);
}
