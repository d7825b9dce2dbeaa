using System.Globalization;
using SmartCommunity.Domain.Refusals;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>The refusals of the payload codec: each names the field (JSON path, or the byte where the text stops being JSON).</summary>
internal static class Faults
{
    /// <summary>How the field of a refusal without a path begins; a number follows.</summary>
    public const string BytePrefix = "byte ";

    /// <summary>A name that came from outside is cut to this length in a refusal.</summary>
    private const int NameCharsMax = 64;

    public static Refusal NotJson(long position, string what) => new(
        RefusalCode.NotJson,
        BytePrefix + position.ToString(CultureInfo.InvariantCulture),
        $"The payload must be JSON in UTF-8 without a byte order mark: {what} at byte {position}.",
        "Send strict JSON (RFC 8259): no comments, no trailing commas, no NaN.");

    public static Refusal Empty { get; } = new(
        RefusalCode.EmptyPayload,
        string.Empty,
        "The payload must not be empty.",
        "Send a JSON object.");

    public static Refusal Shape(string field, string rule) => new(
        RefusalCode.WrongShape,
        field,
        rule,
        "See docs/mqtt.md for the payloads: {\"id\":\"…\",\"ts\":1732…,\"seq\":17,\"values\":{\"pm25\":41.5}}.");

    public static Refusal Twice(string field) => Shape(field, "A property must not be there twice.");

    public static Refusal TooMany(int max) => new(
        RefusalCode.TooLarge,
        string.Empty,
        $"A packet holds at most {max} messages.",
        "Send several packets.");

    public static Refusal UnknownMetric(string name, string profile) => new(
        RefusalCode.UnknownMetric,
        "values." + Cut(name),
        $"The metric must be in the device's profile {profile}.",
        "Add the metric to the profile, or correct the name.");

    public static Refusal NotNumber(string name) => new(
        RefusalCode.BadValue,
        "values." + Cut(name),
        "A value must be a JSON number that fits a double.",
        "Leave a missing value out; write decimals with a point.");

    public static Refusal OutOfRange(string name, double min, double max, string unit) => new(
        RefusalCode.BadValue,
        "values." + name,
        string.Create(CultureInfo.InvariantCulture, $"A value must lie in [{min}, {max}] {unit}."),
        "Check the sensor, or widen the range in the profile.");

    public static Refusal BadTime(string rule) => new(
        RefusalCode.BadTime,
        "ts",
        rule,
        "Send Unix milliseconds, or RFC 3339 with an offset.");

    public static Refusal BadId(string rule) => new(
        RefusalCode.Malformed,
        "id",
        rule,
        "Send an id of 1 to 128 printable characters that does not begin with #.");

    public static Refusal NoKey { get; } = new(
        RefusalCode.Missing,
        "id",
        "An event or report needs an id, a seq or a ts, so that a repetition is known as one.",
        "Add an id that stays the same when the message is sent again.");

    public static Refusal ContentType { get; } = new(
        RefusalCode.WrongShape,
        "content-type",
        "The content type must be one of the payload forms.",
        "Send JSON as application/json, or another form of docs/mqtt.md under its content type.");

    public static Refusal TelemetryOnly { get; } = new(
        RefusalCode.WrongShape,
        "content-type",
        "Only telemetry travels in this form.",
        "Send events, reports and states as JSON, alone or in a CloudEvent.");

    /// <summary>Bytes that break off or are laid otherwise than their form asks.</summary>
    public static Refusal Bytes(long position, string rule, string wayOut) => new(
        RefusalCode.WrongShape,
        BytePrefix + position.ToString(CultureInfo.InvariantCulture),
        rule,
        wayOut);

    /// <summary>The same fault, told from outside the part it was found in.</summary>
    public static Refusal Within(string part, Refusal fault) => fault with { Field = fault.Field.Length == 0 ? part : part + "." + fault.Field };

    public static string Cut(string name) => name.Length <= NameCharsMax ? name : name[..NameCharsMax] + "…";
}
