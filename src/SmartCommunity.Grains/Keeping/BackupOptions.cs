using System.ComponentModel.DataAnnotations;

namespace SmartCommunity.Grains.Keeping;

/// <summary>Where backups lie and how many; section <c>Backup</c>.</summary>
public sealed record BackupOptions
{
    public const string Section = "Backup";

    /// <summary>Folder of the server's machine that backups are written to, one folder each; empty: <c>backups</c> in the data folder. Better another disk than the data's.</summary>
    public string Folder { get; init; } = string.Empty;

    /// <summary>Backups kept; after a new one was checked the oldest beyond this number are deleted, never the newest.</summary>
    [Range(1, 1_000)]
    public int KeptMax { get; init; } = 7;

    /// <summary>Bytes that must stay free on the backups' disk; a backup that would leave less is refused before it begins.</summary>
    [Range(0, 1L << 40)]
    public long FreeBytesMin { get; init; } = 256L << 20;

    /// <summary>A backup older than this many hours is called old by <c>sc doctor</c>.</summary>
    [Range(1, 8_760)]
    public int AgeHoursMax { get; init; } = 24;
}
