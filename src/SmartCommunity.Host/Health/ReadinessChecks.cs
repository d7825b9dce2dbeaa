using Orleans.Runtime;
using SmartCommunity.Grpc.Health;
using SmartCommunity.Mqtt;
using SmartCommunity.Storage;

namespace SmartCommunity.Host.Health;

/// <summary>Ready means: the store takes commits.</summary>
internal sealed class StoreReady(IStoreHealth store) : IReadyCheck
{
    public string Name => "store";

    public ValueTask<string?> TroubleAsync(CancellationToken cancellation) => new(store.Trouble);
}

/// <summary>Ready means: this silo is active.</summary>
internal sealed class SiloReady(ISiloStatusOracle oracle) : IReadyCheck
{
    public string Name => "silo";

    public ValueTask<string?> TroubleAsync(CancellationToken cancellation) => new(oracle.CurrentStatus == SiloStatus.Active
        ? null
        : $"The silo is {oracle.CurrentStatus}; it must be Active. Wait; if it stays so, look into the log and start the process again.");
}

/// <summary>Ready means: devices can connect.</summary>
internal sealed class MqttReady(IMqttReady listener) : IReadyCheck
{
    public string Name => "mqtt";

    public ValueTask<string?> TroubleAsync(CancellationToken cancellation) => new(listener.IsReady
        ? null
        : "The MQTT listener is not open. Wait; if it stays so, look into the log and start the process again.");
}

/// <summary>Ready means: every listener is open and the demo district, when there is one, is complete.</summary>
internal sealed class StartReady(StartProgress progress) : IReadyCheck
{
    public string Name => "start";

    public ValueTask<string?> TroubleAsync(CancellationToken cancellation) => new(progress.WaitingFor is { } what ? $"Still starting: {what}." : null);
}
