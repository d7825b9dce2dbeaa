using System.Text.Json;

namespace SmartCommunity.Cli.Files;

/// <summary>A position of a ring: longitude and latitude in degrees, WGS-84.</summary>
internal readonly record struct LonLat(double Lon, double Lat);

/// <summary>One feature of a grid file. <paramref name="Number"/> counts from 1. Rings: the outer one first, then holes.</summary>
internal sealed record CellFeature(int Number, string Code, string Name, IReadOnlyList<IReadOnlyList<LonLat>> Rings);

/// <summary>
/// Reads a GeoJSON FeatureCollection (RFC 7946) of polygons with the properties <c>code</c> and <c>name</c>, one feature after the other: only one
/// feature is ever held as a tree. Form is judged here and every bad feature is told; geometry is judged by the server.
/// </summary>
internal sealed class CellFeatures
{
    private readonly List<CellFeature> cells = [];
    private readonly List<RowError> errors = [];
    private readonly FileLimits limits;
    private int number;
    private bool sawFeatures;

    private CellFeatures(FileLimits limits) => this.limits = limits;

    public IReadOnlyList<CellFeature> Cells => cells;

    public IReadOnlyList<RowError> Errors => errors;

    public static CellFeatures Read(string path, FileLimits limits)
    {
        var bytes = TextFile.Utf8(path, limits);
        var file = new CellFeatures(limits);
        try
        {
            file.ReadCollection(bytes.Span);
        }
        catch (JsonException bad)
        {
            file.errors.Add(new(
                0,
                "",
                $"The file is not JSON at line {bad.LineNumber + 1}, byte {bad.BytePositionInLine + 1} of it, in or after feature {Math.Max(file.number, 1)}.",
                "Write the file anew with a GIS tool, or look at that place."));
        }

        return file;
    }

    private void ReadCollection(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new BadFileException(NoCollection());
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadMember(ref reader);
        }

        while (reader.Read())
        {
            // Anything behind the object makes the reader throw with its place.
        }

        if (!sawFeatures)
        {
            throw new BadFileException(NoCollection());
        }
    }

    private void ReadMember(ref Utf8JsonReader reader)
    {
        var name = reader.GetString();
        reader.Read();
        switch (name)
        {
            case "type" when reader.TokenType != JsonTokenType.String || !reader.ValueTextEquals("FeatureCollection"u8):
                throw new BadFileException(NoCollection());
            case "crs":
                using (var crs = JsonDocument.ParseValue(ref reader))
                {
                    RefuseOtherCrs(crs.RootElement.GetRawText());
                }

                break;
            case "features" when reader.TokenType == JsonTokenType.StartArray:
                sawFeatures = true;
                ReadFeatures(ref reader);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private void ReadFeatures(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (++number > limits.RowsMax)
            {
                throw new BadFileException(new(number, "", $"The file has more than {limits.RowsMax} features.", "Split it by street."));
            }

            using var feature = JsonDocument.ParseValue(ref reader);
            ReadFeature(feature.RootElement);
        }
    }

    private void ReadFeature(JsonElement feature)
    {
        if (!IsObjectOfType(feature, "Feature"))
        {
            Add("type", "It is no Feature.", "Each member of features is an object with \"type\": \"Feature\".");
            return;
        }

        var before = errors.Count;
        var code = TextProperty(feature, "code", required: true);
        var name = TextProperty(feature, "name", required: false);
        var rings = Rings(feature);
        if (errors.Count == before)
        {
            cells.Add(new(number, code, name, rings));
        }
    }

    private string TextProperty(JsonElement feature, string name, bool required)
    {
        if (feature.TryGetProperty("properties", out var properties)
            && properties.ValueKind == JsonValueKind.Object
            && properties.TryGetProperty(name, out var value))
        {
            switch (value.ValueKind)
            {
                case JsonValueKind.String:
                    return value.GetString()!;
                case JsonValueKind.Number:
                    return value.GetRawText();
            }
        }

        if (required)
        {
            Add($"properties.{name}", $"The property '{name}' is missing or no text.", "Add it; a cell's code has 15 digits, written as text.");
        }

        return string.Empty;
    }

    private List<IReadOnlyList<LonLat>> Rings(JsonElement feature)
    {
        if (!feature.TryGetProperty("geometry", out var geometry) || !IsObjectOfType(geometry, "Polygon"))
        {
            Add("geometry", "The geometry is no Polygon.", "A cell is one Polygon; split a MultiPolygon into one feature each.");
            return [];
        }

        if (!geometry.TryGetProperty("coordinates", out var coordinates) || coordinates.ValueKind != JsonValueKind.Array || coordinates.GetArrayLength() == 0)
        {
            Add("geometry.coordinates", "The polygon has no rings.", "coordinates is an array of rings, the outer one first.");
            return [];
        }

        var rings = new List<IReadOnlyList<LonLat>>();
        foreach (var ring in coordinates.EnumerateArray())
        {
            if (Ring(ring, rings.Count) is not { } points)
            {
                return [];
            }

            rings.Add(points);
        }

        return rings;
    }

    private List<LonLat>? Ring(JsonElement ring, int index)
    {
        var points = new List<LonLat>();
        if (ring.ValueKind == JsonValueKind.Array)
        {
            foreach (var position in ring.EnumerateArray())
            {
                if (position.ValueKind != JsonValueKind.Array
                    || position.GetArrayLength() < 2
                    || !TryDegrees(position[0], out var lon)
                    || !TryDegrees(position[1], out var lat))
                {
                    Add($"geometry.coordinates[{index}][{points.Count}]", "It is no position.", "A position is [longitude, latitude] in degrees.");
                    return null;
                }

                points.Add(new(lon, lat));
            }

            return points;
        }

        Add($"geometry.coordinates[{index}]", "It is no ring.", "A ring is an array of positions, the first and the last equal.");
        return null;
    }

    private static bool TryDegrees(JsonElement element, out double value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out value) && double.IsFinite(value);
    }

    private static bool IsObjectOfType(JsonElement element, string type) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty("type", out var found)
        && found.ValueKind == JsonValueKind.String
        && found.ValueEquals(type);

    private static void RefuseOtherCrs(string crs)
    {
        if (!crs.Contains("CRS84", StringComparison.OrdinalIgnoreCase)
            && !crs.Contains("4326", StringComparison.Ordinal)
            && !crs.Contains("4490", StringComparison.Ordinal)
            && crs != "null")
        {
            throw new BadFileException(new(0, "crs", "The file is in another coordinate system.", "Transform it to WGS-84 longitude and latitude (EPSG:4326) first."));
        }
    }

    private static RowError NoCollection() => new(0, "type", "The file is no GeoJSON FeatureCollection.", "The outermost object has \"type\": \"FeatureCollection\" and \"features\": […].");

    private void Add(string property, string rule, string wayOut) => errors.Add(new(number, property, rule, wayOut));
}
