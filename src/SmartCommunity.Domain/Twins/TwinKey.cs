using System.Text.Json.Serialization;
using Orleans;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;

namespace SmartCommunity.Domain.Twins;

/// <summary>
/// Which twin, inside its district: <c>buildings/{id}</c> or <c>cells/{code}</c>. The same text is the stream name and, behind the
/// district and a slash, the grain key.
/// </summary>
[GenerateSerializer, Immutable, Alias("sc.TwinKey"), JsonConverter(typeof(IdJsonConverter<TwinKey>))]
public readonly record struct TwinKey : IId<TwinKey>
{
    private const string Buildings = "buildings/";
    private const string Cells = "cells/";

    [Id(0)]
    private readonly string? text;

    private TwinKey(string text) => this.text = text;

    public bool IsBuilding => ToString().StartsWith(Buildings, StringComparison.Ordinal);

    public bool IsCell => ToString().StartsWith(Cells, StringComparison.Ordinal);

    public static TwinKey Of(BuildingId building) => new(Buildings + building);

    public static TwinKey Of(AreaCode cell) => cell.Level == AreaLevel.Cell
        ? new(Cells + cell)
        : throw new ArgumentException($"{cell} is no cell.", nameof(cell));

    public static TwinKey Parse(string text) => TryParse(text, out var key) ? key : throw new FormatException($"'{text}' is no twin.");

    public static bool TryParse(string? text, out TwinKey id)
    {
        id = default;
        if (text is null)
        {
            return false;
        }

        if (text.StartsWith(Buildings, StringComparison.Ordinal) && BuildingId.TryParse(text[Buildings.Length..], out var building))
        {
            id = Of(building);
        }
        else if (text.StartsWith(Cells, StringComparison.Ordinal)
            && AreaCode.TryParse(text[Cells.Length..], out var cell)
            && cell.Level == AreaLevel.Cell)
        {
            id = Of(cell);
        }

        return id.text is not null;
    }

    public override string ToString() => text ?? string.Empty;
}
