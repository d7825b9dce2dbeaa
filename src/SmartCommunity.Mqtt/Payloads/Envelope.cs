using System.Globalization;
using System.Text.Json;
using SmartCommunity.Domain;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>The properties every message may have beside its content: <c>id</c>, <c>ts</c>, <c>seq</c>.</summary>
internal struct Envelope
{
    /// <summary>The longest message id, in characters.</summary>
    public const int IdCharsMax = Limits.MessageIdCharsMax;

    /// <summary>9999-12-31T23:59:59.999Z, the last instant a date can name.</summary>
    public const long AtMsMax = 253_402_300_799_999;

    private bool hasId;
    private bool hasTime;
    private bool hasSequence;

    public string? Id { get; private set; }

    public long? AtMs { get; private set; }

    public long? Sequence { get; private set; }

    /// <summary>The first thing that is wrong; later ones do not replace it.</summary>
    public Refusal? Fault { get; private set; }

    /// <summary>The key of the message: its id, else its sequence number.</summary>
    public readonly string? MessageId => Id
        ?? (Sequence is { } number ? "#" + number.ToString(CultureInfo.InvariantCulture) : null);

    /// <summary>True when a repetition could be told from a new message.</summary>
    public readonly bool HasKey => Id is not null || Sequence is not null || AtMs is not null;

    public void Refuse(Refusal fault) => Fault ??= fault;

    /// <summary>Takes the property the reader stands on if it is one of the envelope's; then the reader stands on its value.</summary>
    public bool TryTake(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("ts"u8))
        {
            TakeTime(ref reader);
            return true;
        }

        if (reader.ValueTextEquals("id"u8))
        {
            TakeId(ref reader);
            return true;
        }

        if (reader.ValueTextEquals("seq"u8))
        {
            TakeSequence(ref reader);
            return true;
        }

        return false;
    }

    /// <summary>Whether a text can be the key of a message; # is for sequence numbers.</summary>
    public static bool IsId(string id) => id.Length is > 0 and <= IdCharsMax && id[0] != '#' && !id.Any(char.IsControl);

    private static bool Twice(ref bool seen)
    {
        var before = seen;
        seen = true;
        return before;
    }

    private void TakeId(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (Twice(ref hasId))
        {
            Refuse(Faults.Twice("id"));
        }
        else if (reader.TokenType != JsonTokenType.String)
        {
            Refuse(Faults.BadId("The id must be a string."));
        }
        else
        {
            var id = reader.GetString()!;
            if (!IsId(id))
            {
                Refuse(Faults.BadId($"An id has 1 to {IdCharsMax} printable characters and does not begin with #."));
            }
            else
            {
                Id = id;
            }
        }

        reader.Skip();
    }

    private void TakeSequence(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (Twice(ref hasSequence))
        {
            Refuse(Faults.Twice("seq"));
        }
        else if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number >= 0)
        {
            Sequence = number;
        }
        else
        {
            Refuse(Faults.Shape("seq", "The sequence number must be a whole number from 0 to 2^63 - 1."));
        }

        reader.Skip();
    }

    private void TakeTime(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (Twice(ref hasTime))
        {
            Refuse(Faults.Twice("ts"));
        }
        else if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var at) && at is >= 0 and <= AtMsMax)
        {
            AtMs = at;
        }
        else if (reader.TokenType == JsonTokenType.String && TryParseTime(reader.GetString()!, out at))
        {
            AtMs = at;
        }
        else
        {
            Refuse(Faults.BadTime("ts must be Unix milliseconds (0 to the end of year 9999) or RFC 3339 with an offset."));
        }

        reader.Skip();
    }

    /// <summary>RFC 3339. A leap second (<c>23:59:60</c>) is read as the first second after it, since Unix time has none.</summary>
    public static bool TryParseTime(string text, out long atMs)
    {
        atMs = 0;
        const int secondsAt = 17;
        var leap = text.Length > secondsAt + 1 && text.AsSpan(secondsAt, 2) is "60";
        if (leap)
        {
            text = string.Concat(text.AsSpan(0, secondsAt), "59", text.AsSpan(secondsAt + 2));
        }

        if (text.Length < secondsAt + 3
            || text[10] is not ('T' or 't' or ' ')
            || (text[^1] is not ('Z' or 'z') && text[^6] is not ('+' or '-'))
            || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            return false;
        }

        atMs = at.ToUnixTimeMilliseconds() + (leap ? 1000 : 0);
        return atMs >= 0;
    }

    /// <summary>A message with what this envelope told; content is the caller's.</summary>
    public readonly DeviceMessage ToMessage(in DecodeTarget target, ReadOnlySpan<byte> element) => new()
    {
        Device = target.Device,
        Kind = target.Kind,
        MessageId = target.OuterId ?? MessageId,
        Sequence = Sequence,
        AtMs = AtMs ?? target.OuterAtMs,
        ReceivedMs = target.ReceivedMs,
        Values = [],
        Fingerprint = FlatJson.FingerprintOf(element),
    };
}
