using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using SmartCommunity.Edge.Tests.Grpc;
using SmartCommunity.Storage;
using Xunit;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>The order of a device's messages, from PUBLISH to the journal, over real grains and a real store.</summary>
[Collection(GrpcCollection.Name)]
public sealed class OrderTests(EdgeHost host)
{
    private const int MessagesMax = 600;

    /// <summary>All messages carry the same event time, so that the store lists them in the order in which they were written.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_journal_holds_a_devices_messages_in_the_order_of_their_publishes_whatever_the_packets_and_connections(int seed)
    {
        var stop = TestContext.Current.CancellationToken;
        var device = await host.DeviceAsync();
        var token = (await new V1.DeviceService.DeviceServiceClient(host.Channel).RotateDeviceTokenAsync(new() { Name = device.Name }, host.Auth, cancellationToken: stop)).Token;
        await using var edge = await MqttEdge.StartBeforeAsync(host.Services);
        var random = new Random(seed);
        var at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var next = 0;
        while (next < MessagesMax)
        {
            // Many packets in flight, of one or several messages each; then the connection breaks, and what had no answer is sent again.
            using var client = await edge.OpenAsync();
            var isVersion5 = random.Next(2) == 0;
            await client.SendAsync(Packets.Connect("order", token, isVersion5: isVersion5));
            await client.NextAsync();
            next = await SendAsync(client, isVersion5, random, next, at);
        }

        var id = device.Name.Split('/')[^1];
        var range = new ReadingRange(EdgeHost.District, id, null, at, at + 1, MessagesMax * 2);
        var stored = await host.Services.GetRequiredService<IReadings>().RangeAsync(range, stop);
        Assert.Equal(Enumerable.Range(0, MessagesMax).Select(i => $"m{i}"), stored.Select(r => r.Message));
    }

    /// <summary>Sends up to 200 messages from the first one without an answer, reads some of the answers and breaks off. Answers the next such one.</summary>
    private static async Task<int> SendAsync(RawMqtt client, bool isVersion5, Random random, int from, long at)
    {
        var ends = new List<int>();
        for (var (next, packetId) = (from, (ushort)1); next < Math.Min(from + 200, MessagesMax); packetId++)
        {
            var count = Math.Min(random.Next(1, 6), MessagesMax - next);
            var messages = string.Join(',', Enumerable.Range(next, count).Select(i => Reading(i, at)));
            await client.SendAsync(Packets.Publish("v1/devices/me/telemetry", $"[{messages}]", packetId, isVersion5: isVersion5));
            ends.Add(next += count);
        }

        var answers = from + 200 >= MessagesMax ? ends.Count : random.Next(1, ends.Count);
        for (var i = 0; i < answers; i++)
        {
            var answer = await client.NextAsync();
            Assert.Equal((RawMqtt.PubAck, i + 1, 0), (answer.Type, answer.PacketId, answer.Code));
        }

        return ends[answers - 1];
    }

    private static string Reading(int i, long at) =>
        string.Create(CultureInfo.InvariantCulture, $$$"""{"id":"m{{{i}}}","ts":{{{at}}},"values":{"temperature":{{{i % 50}}}}}""");
}
