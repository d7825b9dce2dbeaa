using System.Globalization;

namespace SmartCommunity.Domain.Twins;

/// <summary>
/// What tells a telemetry message from others of its device: the key (its id, else time and content) and the content (its values, and the event
/// time when it told one). Both can be computed from the readings alone, so a replay knows what the live twin knew.
/// </summary>
internal readonly record struct MessageKey(ulong Key, ulong Content)
{
    public static MessageKey Of(in DeviceMessage message, long atMs)
    {
        var content = Start(atMs, message.AtMs is null);
        foreach (var value in message.Values)
        {
            content += Hash64.Of(value.Metric, value.Value);
        }

        return new(KeyOf(message.MessageId, atMs, content), content);
    }

    /// <summary>The content of a message before its first value.</summary>
    public static ulong Start(long atMs, bool noDeviceTime) => noDeviceTime ? 0 : Hash64.Mix((ulong)atMs + 1);

    public static ulong KeyOf(string? messageId, long atMs, ulong content) => messageId is null
        ? Hash64.Mix((ulong)atMs ^ content)
        : Hash64.Of(messageId);

    /// <summary>The text of the idempotency key of an event, report or state: <c>device/id</c>, or time and fingerprint when it has no id.</summary>
    public static string StoredKeyOf(in DeviceMessage message) => message.MessageId is { } id
        ? $"{message.Device}/{id}"
        : string.Create(CultureInfo.InvariantCulture, $"{message.Device}/@{message.AtMs ?? 0}.{message.Fingerprint:x16}");
}
