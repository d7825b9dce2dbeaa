using System.Net;

namespace SmartCommunity.Mqtt;

/// <summary>Whether the MQTT listener takes connections, and where.</summary>
public interface IMqttReady
{
    /// <summary>True from the moment the socket is bound until the stop begins.</summary>
    bool IsReady { get; }

    /// <summary>The bound address and port; null before.</summary>
    IPEndPoint? EndPoint { get; }
}
