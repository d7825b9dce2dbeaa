using System.Text;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Mqtt.Payloads;

namespace SmartCommunity.Mqtt.Commands;

/// <summary>
/// Reads the answer to a command: any JSON object, whatever its content type says. The message's id is the command's, which the topic names; an
/// <c>id</c> or <c>ts</c> inside belongs to the answer.
/// </summary>
internal static class ReplyReader
{
    public static DeviceMessage Read(ReadOnlySpan<byte> payload, in DecodeTarget target, string command)
    {
        if (FlatJson.FirstFault(payload, target.Kind) is { } fault)
        {
            return FlatJson.Reject(payload, target, fault, default) with { MessageId = command };
        }

        // That it is an object, and not too large, is the twin's to judge.
        return default(Envelope).ToMessage(target, payload) with { MessageId = command, Body = Encoding.UTF8.GetString(payload) };
    }
}
