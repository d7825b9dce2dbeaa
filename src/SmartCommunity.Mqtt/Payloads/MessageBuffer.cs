using SmartCommunity.Domain.Twins;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>The messages of one packet, reused from packet to packet of a connection.</summary>
internal sealed class MessageBuffer
{
    private DeviceMessage[] messages = new DeviceMessage[1];

    public int Count { get; private set; }

    public ref readonly DeviceMessage this[int index] => ref messages[index];

    public void Add(in DeviceMessage message)
    {
        if (Count == messages.Length)
        {
            Array.Resize(ref messages, messages.Length * 4);
        }

        messages[Count++] = message;
    }

    public void Clear()
    {
        Array.Clear(messages, 0, Count);
        Count = 0;
    }
}
