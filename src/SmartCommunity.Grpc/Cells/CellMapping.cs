using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Cells;

internal static class CellMapping
{
    public static readonly string[] Changeable = ["display_name", "outline"];

    public static FieldNames Names { get; } = new("cell", ("name", "display_name"), ("code", "cell_id"), ("rings", "outline.rings"));

    public static V1.Cell ToProto(this Cell cell, AreaCode district) => new()
    {
        Name = ResourceNames.Of(district, ResourceNames.Cells, cell.Code.ToString()),
        DisplayName = cell.Name,
        Outline = new() { Rings = { cell.Rings.Select(ring => new V1.LinearRing { Points = { ring.Select(point => point.ToProto()) } }) } },
        AreaM2 = cell.AreaM2,
        Etag = Etags.Of(cell.Revision),
    };

    /// <summary>Nothing is checked here: the grid judges codes and rings of a whole import together.</summary>
    public static CellDraft ToDraft(this V1.Cell cell, int row, string code) => new(
        row,
        code,
        cell.DisplayName,
        [.. (cell.Outline?.Rings ?? []).Select(ring => ring.Points.Select(point => new GeoPoint(point.Lon, point.Lat)).ToArray())]);
}
