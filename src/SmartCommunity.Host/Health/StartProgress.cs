namespace SmartCommunity.Host.Health;

/// <summary>How far the start is; readiness tells it. Set by the one who starts, read by many.</summary>
internal sealed class StartProgress
{
    private volatile string? waitingFor = "the silo and the ports are being opened; wait a few seconds";

    /// <summary>What is not done yet, in one sentence; null when everything is.</summary>
    public string? WaitingFor
    {
        get => waitingFor;
        set => waitingFor = value;
    }
}
