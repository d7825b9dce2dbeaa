namespace SmartCommunity.Grains.Streams;

/// <summary>
/// Names of stored states. The rows of the snapshot store are keyed by state name and grain key, not by grain type: two grains that share both share a
/// row, so a name is used once.
/// </summary>
internal static class StateNames
{
    /// <summary>The named grain storage that holds snapshots.</summary>
    public const string Storage = "snapshots";

    public const string District = "district";
    public const string Grid = "grid";
    public const string OrgUnit = "org-unit";
    public const string Building = "building";
    public const string Cell = "cell";
    public const string Volunteer = "volunteer";
    public const string Webhook = "webhook";

    /// <summary>Older snapshots of twins, kept to read the past; their keys carry the position.</summary>
    public const string Mark = "mark";
}
