using Orleans;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Domain.Cells;

/// <summary>A cell as an import brings it, nothing checked yet. <paramref name="Row"/>: 1-based number of the feature in the file.</summary>
[GenerateSerializer, Immutable, Alias("sc.CellDraft")]
public sealed record CellDraft(
    [property: Id(0)] int Row,
    [property: Id(1)] string Code,
    [property: Id(2)] string Name,
    [property: Id(3)] GeoPoint[][] Rings);

/// <summary>What an import did, or why it did nothing.</summary>
/// <param name="Refusals">By feature; not empty means that nothing was changed.</param>
/// <param name="Warnings">By feature; gaps, for example: said, but no reason to refuse.</param>
[GenerateSerializer, Immutable, Alias("sc.CellImportResult")]
public sealed record CellImportResult(
    [property: Id(0)] int Created,
    [property: Id(1)] int Changed,
    [property: Id(2)] int Unchanged,
    [property: Id(3)] RowRefusal[] Refusals,
    [property: Id(4)] RowRefusal[] Warnings);

/// <summary>A refusal of one row of an import.</summary>
[GenerateSerializer, Immutable, Alias("sc.RowRefusal")]
public sealed record RowRefusal([property: Id(0)] int Row, [property: Id(1)] string Id, [property: Id(2)] Refusal Refusal);
