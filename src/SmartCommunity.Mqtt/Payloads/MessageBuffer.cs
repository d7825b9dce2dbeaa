using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Ingest;

namespace SmartCommunity.Mqtt.Payloads;

/// <summary>The messages of one packet, reused from packet to packet of a connection.</summary>
internal sealed class MessageBuffer
{
    private DeviceMessage[] messages = new DeviceMessage[1];
    private DeviceRoute?[]? routes;

    public int Count { get; private set; }

    public ref readonly DeviceMessage this[int index] => ref messages[index];

    /// <summary>Whose message it is, when a packet holds messages of several devices; else null.</summary>
    public DeviceRoute? RouteOf(int index) => routes?[index];

    public void Add(in DeviceMessage message)
    {
        if (Count == messages.Length)
        {
            Array.Resize(ref messages, messages.Length * 4);
        }

        messages[Count++] = message;
        if (routes is not null)
        {
            Array.Resize(ref routes, messages.Length);
        }
    }

    public void Add(in DeviceMessage message, DeviceRoute route)
    {
        routes ??= new DeviceRoute?[messages.Length];
        Add(message);
        routes[Count - 1] = route;
    }

    public void Clear()
    {
        Array.Clear(messages, 0, Count);
        Count = 0;
        routes = null;
    }
}
