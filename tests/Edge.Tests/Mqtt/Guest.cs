using System.Text;
using SmartCommunity.Mqtt;
using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>A client without a user name on the open topics; acknowledges what it hears unless told not to.</summary>
internal sealed class Guest(RawMqtt socket, bool isVersion5, Answer welcome) : IDisposable
{
    private ushort lastId;

    /// <summary>The CONNACK's body.</summary>
    public byte[] Welcome => welcome.Body;

    public bool IsSessionPresent => welcome.Body[0] == 1;

    public RawMqtt Socket => socket;

    public List<DownPublish> Heard { get; } = [];

    public string[] Payloads => [.. Heard.Select(h => h.Payload)];

    /// <summary>True: hears without answering.</summary>
    public bool IsMute { get; set; }

    public static MqttEdgeOptions Options { get; } = new() { OpenTopicPrefixes = "Topic, /Topic" };

    public static async Task<Guest> EnterAsync(
        MqttEdge edge,
        string id,
        bool isVersion5 = true,
        bool clean = true,
        byte[]? properties = null,
        ushort keepAlive = 0,
        string? willTopic = null,
        byte[]? willProperties = null)
    {
        var socket = await edge.OpenAsync();
        await socket.SendAsync(Packets.Connect(id, null, null, isVersion5, keepAlive, willTopic, "gone", clean, properties, willProperties));
        var welcome = await socket.NextAsync();
        Assert.Equal((2, 0), (welcome.Type, welcome.Body[1]));
        return new Guest(socket, isVersion5, welcome);
    }

    /// <summary>Session Expiry Interval in seconds.</summary>
    public static byte[] Lasting(byte seconds) => [0x11, 0, 0, 0, seconds];

    public async Task<byte[]> SubscribeAsync(string filter, byte options = 2, params byte[] properties)
    {
        await socket.SendAsync(Packets.Subscribe(++lastId, isVersion5 ? properties : null, (filter, options)));
        var answer = await UntilAsync(RawMqtt.SubAck);
        return answer.Body[(isVersion5 ? 3 : 2)..];
    }

    public async Task UnsubscribeAsync(string filter)
    {
        await socket.SendAsync(isVersion5 ? Packets.Unsubscribe5(++lastId, filter) : Packets.Unsubscribe(++lastId, filter));
        await UntilAsync(11);
    }

    /// <summary>Publishes and waits for the whole handshake; answers the first reason code.</summary>
    public async Task<byte> PublishAsync(string topic, string payload, int qos = 1, bool isRetained = false, params byte[] properties)
    {
        var packet = Packets.Publish(Encoding.UTF8.GetBytes(topic), Encoding.UTF8.GetBytes(payload), ++lastId, qos, isVersion5 ? properties : null);
        packet[0] |= (byte)(isRetained ? 1 : 0);
        var id = lastId;
        await socket.SendAsync(packet);
        if (qos == 0)
        {
            await SettleAsync();
            return 0;
        }

        var answer = await UntilAsync(qos == 1 ? RawMqtt.PubAck : RawMqtt.PubRec);
        if (qos == 2)
        {
            await socket.SendAsync(Packets.Release(id));
            await UntilAsync(RawMqtt.PubComp);
        }

        return answer.Code;
    }

    /// <summary>Hears all that was sent to it until now: what is written stands before the answers to these pings.</summary>
    public async Task SettleAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            await socket.SendAsync(Packets.Ping);
            await UntilAsync(RawMqtt.PingResp);
        }
    }

    /// <summary>Says good-bye and waits until the server has closed.</summary>
    public async Task LeaveAsync(byte code = 0, params byte[] properties)
    {
        await socket.SendAsync(isVersion5 ? Packets.DisconnectWith(code, properties) : Packets.Disconnect);
        await socket.ReadToEndAsync();
    }

    /// <summary>Reads up to a packet of this type, hearing messages on the way.</summary>
    public async Task<Answer> UntilAsync(int type)
    {
        while (true)
        {
            var answer = await socket.NextAsync();
            if (answer.Type == 3)
            {
                await HearAsync(DownPublish.Of(answer, isVersion5));
            }
            else if (answer.Type == 6)
            {
                await socket.SendAsync(Packets.Acknowledge(RawMqtt.PubComp, answer.PacketId));
            }

            if (answer.Type == type)
            {
                return answer;
            }
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task HearAsync(DownPublish message)
    {
        Heard.Add(message);
        if (!IsMute && message.Qos > 0)
        {
            await socket.SendAsync(Packets.Acknowledge(message.Qos == 1 ? RawMqtt.PubAck : RawMqtt.PubRec, message.PacketId));
        }
    }
}
