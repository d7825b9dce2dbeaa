namespace SmartCommunity.Storage;

/// <summary>The store takes no writes now (locked, disk full, stopped), or a commit's outcome is not known. Nothing may be acknowledged.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>What readiness asks of the store.</summary>
public interface IStoreHealth
{
    /// <summary>Null when commits go through; else what is wrong and what to do, in one sentence.</summary>
    string? Trouble { get; }
}
