using System.Buffers;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;

namespace SmartCommunity.Mqtt.Links;

/// <summary>What MQTTnet's decoder wants to be given, and how it says that it cannot read it.</summary>
internal static class PacketDecoding
{
    public static ReceivedMqttPacket ToPacket(byte header, in ReadOnlySequence<byte> body) =>
        new(header, new ArraySegment<byte>(body.ToArray()), (int)body.Length);

    /// <summary>The decoder tells malformed packets by several exceptions; none of them is a fault of ours.</summary>
    public static bool IsMalformed(Exception e) => e is MqttProtocolViolationException or MqttCommunicationException
        or ArgumentException or IndexOutOfRangeException or InvalidOperationException or NotSupportedException or OverflowException
        or InvalidCastException or FormatException;
}
