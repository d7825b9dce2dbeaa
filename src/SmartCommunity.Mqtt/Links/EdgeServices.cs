using Microsoft.Extensions.Logging;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt.Commands;
using SmartCommunity.Mqtt.Listening;
using SmartCommunity.Mqtt.Open;

namespace SmartCommunity.Mqtt.Links;

/// <summary>What every connection shares.</summary>
internal sealed record EdgeServices(
    MqttEdgeOptions Options,
    IIngest Ingest,
    IDeviceDirectory Directory,
    OpenBroker Open,
    LinkRegistry Registry,
    ErrorTopic Errors,
    CommandDesk Commands,
    StoreGate Gate,
    AckPump Pump,
    ChildRoutes Children,
    MqttMetrics Metrics,
    TimeProvider Clock,
    ILogger<MqttListener> Log);
