namespace SmartCommunity.Grpc.Health;

/// <summary>One condition of readiness. The host registers one for the store, one for the MQTT listener and one for the silo.</summary>
public interface IReadyCheck
{
    /// <summary>Short and stable: <c>store</c>, <c>mqtt</c>, <c>silo</c>.</summary>
    string Name { get; }

    /// <summary>Null when all is well; else what is wrong and what to do, in one sentence without secrets.</summary>
    ValueTask<string?> TroubleAsync(CancellationToken cancellation);
}
