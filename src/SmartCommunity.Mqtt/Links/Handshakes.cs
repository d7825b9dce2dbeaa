using SmartCommunity.Mqtt.Wire;

namespace SmartCommunity.Mqtt.Links;

/// <summary>The QoS 2 packet ids a client has sent and not yet released: the same packet sent again has no second effect.</summary>
internal sealed class Handshakes
{
    /// <summary>Open handshakes of one connection: the advertised Receive Maximum.</summary>
    public const int OpenMax = AckRing.Length;

    private readonly Lock sync = new();
    private readonly HashSet<ushort> open = [];

    /// <summary>Null: new, go on. Otherwise the answer: success for a repetition, or the fault when too many are open.</summary>
    public ReasonCode? TryBegin(ushort packetId)
    {
        lock (sync)
        {
            if (open.Contains(packetId))
            {
                return ReasonCode.Success;
            }

            if (open.Count >= OpenMax)
            {
                return ReasonCode.ReceiveMaximumExceeded;
            }

            open.Add(packetId);
            return null;
        }
    }

    /// <summary>False when there was no such handshake.</summary>
    public bool End(ushort packetId)
    {
        lock (sync)
        {
            return open.Remove(packetId);
        }
    }
}
