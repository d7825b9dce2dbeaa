using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using SmartCommunity.Mqtt.Links;

namespace SmartCommunity.Mqtt.Listening;

/// <summary>
/// Serves one MQTT connection of any Kestrel transport. The listener of this project uses it; TLS or WebSocket end points can map it too
/// (<c>UseConnectionHandler</c>).
/// </summary>
internal sealed class MqttConnectionHandler(EdgeServices services) : ConnectionHandler
{
    private readonly ConcurrentDictionary<IPAddress, int> perAddress = new();

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        var open = services.Metrics.Opened();
        var fromHere = perAddress.AddOrUpdate(address, 1, static (_, n) => n + 1);
        try
        {
            if (open > services.Options.ConnectionsMax || fromHere > services.Options.ConnectionsMaxPerAddress)
            {
                services.Metrics.Refused.Add(1);
                return;
            }

            using var link = new MqttLink(connection, services);
            services.Registry.Open(link);
            try
            {
                await new PacketLoop(link).RunAsync();
            }
            finally
            {
                services.Registry.Closed(link);
            }
        }
        finally
        {
            Leave(address);
            services.Metrics.Closed();
        }
    }

    private void Leave(IPAddress address)
    {
        var left = perAddress.AddOrUpdate(address, 0, static (_, n) => n - 1);
        if (left <= 0)
        {
            perAddress.TryRemove(new KeyValuePair<IPAddress, int>(address, left));
        }
    }
}
