using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SmartCommunity.Mqtt.Listening;

namespace SmartCommunity.Mqtt;

/// <summary>MQTT through WebSocket, for browsers and networks that let only HTTP pass: the same listener through another door.</summary>
public static class MqttWebSocket
{
    /// <summary>Where it is.</summary>
    public const string Path = "/mqtt";

    private const string Subprotocol = "mqtt";

    /// <summary>
    /// Serves <c>/mqtt</c>. Refused with one sentence: a request that is no WebSocket (426), without the subprotocol <c>mqtt</c> (400), from a foreign web
    /// page (403), while the listener does not run (503).
    /// </summary>
    public static void MapSmartCommunityMqtt(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var listener = app.Services.GetRequiredService<MqttListener>();
        app.Lifetime.ApplicationStopping.Register(() => _ = listener.StopWebAsync());
        app.UseWebSockets();
        app.Map(Path, ServeAsync);
    }

    private static async Task ServeAsync(HttpContext http)
    {
        var services = http.RequestServices;
        if (FaultOf(http, services.GetRequiredService<MqttEdgeOptions>(), services.GetRequiredService<IMqttReady>()) is var (status, sentence) && status != 0)
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = "text/plain; charset=utf-8";
            await http.Response.WriteAsync(sentence + "\n", http.RequestAborted);
            return;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync(Subprotocol);
        var link = new WebSocketLink(socket, http.Connection);
        await link.RunAsync(services.GetRequiredService<MqttConnectionHandler>());
    }

    private static (int Status, string Sentence) FaultOf(HttpContext http, MqttEdgeOptions options, IMqttReady ready)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            return (StatusCodes.Status426UpgradeRequired, "This is MQTT through WebSocket: connect with ws:// and the subprotocol mqtt.");
        }

        if (!http.WebSockets.WebSocketRequestedProtocols.Contains(Subprotocol))
        {
            return (StatusCodes.Status400BadRequest, "Ask for the subprotocol mqtt (Sec-WebSocket-Protocol: mqtt).");
        }

        if (!IsAllowed(http.Request, options))
        {
            return (StatusCodes.Status403Forbidden, "This web page may not connect; the option Mqtt:WebOrigins lists those that may.");
        }

        return ready.IsReady ? default : (StatusCodes.Status503ServiceUnavailable, "The MQTT listener is not running. Try again in a moment.");
    }

    /// <summary>Only browsers send an Origin, and they cannot be made to leave it out.</summary>
    private static bool IsAllowed(HttpRequest request, MqttEdgeOptions options)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || MqttEdgeOptions.Split(options.WebOrigins).Contains(origin, StringComparer.OrdinalIgnoreCase)
            || (Uri.TryCreate(origin, UriKind.Absolute, out var page)
                && (page.IsLoopback || string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)));
    }
}
