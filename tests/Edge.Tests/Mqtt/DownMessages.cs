using System.Buffers.Binary;
using System.Text;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>A PUBLISH of the server, read.</summary>
internal sealed record DownPublish(string Topic, string Payload, int Qos, bool IsDuplicate, bool IsRetained, ushort PacketId, byte[] Properties)
{
    /// <summary>The value of a property with two or four bytes; null when it is not the first property there.</summary>
    public uint? Number(byte property) => Find(property) is not { } at ? null
        : property == 0x23 ? BinaryPrimitives.ReadUInt16BigEndian(Properties.AsSpan(at))
        : BinaryPrimitives.ReadUInt32BigEndian(Properties.AsSpan(at));

    /// <summary>All subscription identifiers below 128.</summary>
    public int[] SubscriptionIds => [.. Walk().Where(p => p.Id == 0x0B).Select(p => (int)Properties[p.At])];

    public static DownPublish Of(Answer answer, bool isVersion5 = true)
    {
        var body = answer.Body.AsSpan();
        var topic = BinaryPrimitives.ReadUInt16BigEndian(body);
        var name = Encoding.UTF8.GetString(body.Slice(2, topic));
        body = body[(2 + topic)..];
        var qos = (answer.Header >> 1) & 3;
        ushort id = 0;
        if (qos > 0)
        {
            id = BinaryPrimitives.ReadUInt16BigEndian(body);
            body = body[2..];
        }

        byte[] properties = [];
        if (isVersion5)
        {
            properties = body.Slice(1, body[0]).ToArray();
            body = body[(1 + properties.Length)..];
        }

        return new DownPublish(name, Encoding.UTF8.GetString(body), qos, (answer.Header & 8) != 0, (answer.Header & 1) != 0, id, properties);
    }

    private int? Find(byte property)
    {
        foreach (var (id, at) in Walk())
        {
            if (id == property)
            {
                return at;
            }
        }

        return null;
    }

    private IEnumerable<(byte Id, int At)> Walk()
    {
        for (var at = 0; at < Properties.Length;)
        {
            var id = Properties[at];
            yield return (id, at + 1);
            at += 1 + id switch
            {
                0x01 or 0x0B => 1,
                0x23 => 2,
                0x02 => 4,
                0x26 => 4 + Length(at + 1) + Length(at + 3 + Length(at + 1)),
                _ => 2 + Length(at + 1),
            };
        }
    }

    private int Length(int at) => BinaryPrimitives.ReadUInt16BigEndian(Properties.AsSpan(at));
}
