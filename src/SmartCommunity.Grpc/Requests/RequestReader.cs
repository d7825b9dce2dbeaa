using Google.Protobuf.WellKnownTypes;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grpc.Refusals;

namespace SmartCommunity.Grpc.Requests;

/// <summary>
/// Reads typed values out of a request message of one district. The first thing that is wrong is kept as the refusal; what is read after it does not
/// matter. Field names are those of the proto, relative to the message that is read.
/// </summary>
internal sealed class RequestReader(AreaCode district)
{
    // 9999-12-31: the last second a Timestamp can hold.
    private const long SecondsMax = 253_402_300_799;
    private const long SecondsMin = -62_135_596_800;

    public Refusal? Refusal { get; private set; }

    public Outcome<T> Finish<T>(T value) => Refusal is null ? new Outcome<T>(value) : new Outcome<T>(Refusal);

    public void Refuse(Refusal refusal) => Refusal ??= refusal;

    public TId Id<TId>(string text, string field)
        where TId : struct, IId<TId>
    {
        if (text.Length == 0)
        {
            Refuse(Answers.Missing(field));
        }
        else if (!TId.TryParse(text, out var id))
        {
            Refuse(IdText.Refuse(field));
        }
        else
        {
            return id;
        }

        return default;
    }

    /// <summary>The id in a resource name. Of another district: refused as what does not exist.</summary>
    public TId Reference<TId>(string name, string collection, string field)
        where TId : struct, IId<TId>
    {
        if (name.Length == 0)
        {
            Refuse(Answers.Missing(field));
            return default;
        }

        if (!ResourceNames.TryId<TId>(name, collection, out var owner, out var id))
        {
            Refuse(Answers.Malformed(field, $"The name of one of {collection} is asked for.", $"Write districts/{district}/{collection}/ and the id."));
        }
        else if (owner != district)
        {
            Refuse(Answers.NotFound(field));
        }

        return id;
    }

    public TId? OptionalReference<TId>(string name, string collection, string field)
        where TId : struct, IId<TId> => name.Length == 0 ? null : Reference<TId>(name, collection, field);

    public TwinKey Mount(string name, string field)
    {
        if (name.Length == 0)
        {
            Refuse(Answers.Missing(field));
            return default;
        }

        if (!ResourceNames.TryMount(name, out var owner, out var key))
        {
            Refuse(Answers.Malformed(
                field, "The name of a building or of a cell is asked for.", $"Write districts/{district}/buildings/ or districts/{district}/cells/ and the id."));
        }
        else if (owner != district || (key.IsCell && !key.ToString().StartsWith($"cells/{district}", StringComparison.Ordinal)))
        {
            Refuse(Answers.NotFound(field));
            return default;
        }

        return key;
    }

    /// <summary>An area code inside the district, of one of the levels.</summary>
    public AreaCode Area(string text, string field, params ReadOnlySpan<AreaLevel> levels)
    {
        if (text.Length == 0)
        {
            Refuse(Answers.Missing(field));
        }
        else if (!AreaCode.TryParse(text, out var code) || (levels.Length > 0 && !levels.Contains(code.Level)))
        {
            Refuse(Answers.Malformed(
                field, "An area code has 6 digits (district), 9 (street), 12 (community) or 15 (cell).", "Write the code of an area of the level asked for."));
        }
        else if (code.District != district)
        {
            Refuse(Answers.NotFound(field));
        }
        else
        {
            return code;
        }

        return default;
    }

    /// <summary>A filter: empty for the whole district.</summary>
    public string AreaPrefix(string text, string field) => text.Length == 0 ? string.Empty : Area(text, field).ToString();

    /// <summary>A proto enum whose value must be known and not the unspecified one, as the domain's enum of the same numbers.</summary>
    public TDomain Required<TProto, TDomain>(TProto value, string field)
        where TProto : struct, System.Enum
        where TDomain : struct, System.Enum
    {
        var number = Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture);
        if (number == 0)
        {
            Refuse(Answers.Missing(field));
        }

        return (TDomain)System.Enum.ToObject(typeof(TDomain), Known(value, field) ? number : 0);
    }

    /// <summary>True when the enum's number has a name.</summary>
    public bool Known<TProto>(TProto value, string field)
        where TProto : struct, System.Enum
    {
        var known = System.Enum.IsDefined(value);
        if (!known)
        {
            Refuse(Answers.Malformed(field, $"{value} is not a known value.", $"Use one of {string.Join(", ", System.Enum.GetNames<TProto>()[1..])}."));
        }

        return known;
    }

    /// <summary>A duration of whole seconds, 0 or more.</summary>
    public int Seconds(Duration? duration, string field)
    {
        var seconds = duration?.Seconds ?? 0;
        if (duration is { Nanos: not 0 } || seconds is < 0 or > int.MaxValue)
        {
            Refuse(new(RefusalCode.OutOfRange, field, "A duration is a whole number of seconds, 0 or more.", "Write it like 60s."));
            return 0;
        }

        return (int)seconds;
    }

    public DateTimeOffset? Instant(Timestamp? timestamp, string field)
    {
        if (timestamp is null)
        {
            return null;
        }

        if (timestamp.Seconds is < SecondsMin or > SecondsMax || timestamp.Nanos is < 0 or > 999_999_999)
        {
            Refuse(new(RefusalCode.OutOfRange, field, "An instant lies between the years 1 and 9999.", "Write it like 2026-11-23T08:00:00Z."));
            return null;
        }

        return timestamp.ToDateTimeOffset();
    }

    public GeoPoint? Point(V1.GeoPoint? point, string field)
    {
        if (point is null)
        {
            return null;
        }

        // Written so that NaN is refused too.
        if (!(point.Lon is >= -180 and <= 180))
        {
            Refuse(new(RefusalCode.BadGeometry, $"{field}.lon", "A longitude is a number from -180 to 180.", "Longitude comes first; check that the two are not swapped."));
        }

        if (!(point.Lat is >= -90 and <= 90))
        {
            Refuse(new(RefusalCode.BadGeometry, $"{field}.lat", "A latitude is a number from -90 to 90.", "Longitude comes first; check that the two are not swapped."));
        }

        return new GeoPoint(point.Lon, point.Lat);
    }

    /// <summary>An etag as <see cref="Etags"/> writes it; null when the caller sent none.</summary>
    public long? Revision(string etag, string field)
    {
        if (etag.Length == 0)
        {
            return null;
        }

        if (Etags.TryParse(etag, out var revision))
        {
            return revision;
        }

        Refuse(Answers.Malformed(field, "An etag is what an earlier answer said.", "Get the record and send its etag back, or leave it out."));
        return null;
    }
}
