namespace SmartCommunity.Domain;

/// <summary>The limits of the domain; each is listed in docs/limits.md and has a test at the limit.</summary>
public static class Limits
{
    public const int NameCharsMax = 200;
    public const int AddressCharsMax = 500;
    public const int NoteCharsMax = 1_000;
    public const int PhoneCharsMax = 20;
    public const int SkillsMax = 32;
    public const int SkillCharsMax = 40;
    public const int MetricsPerProfileMax = 64;
    public const int MetricNameCharsMax = 40;
    public const int UnitCharsMax = 24;
    public const int DecoderLayoutsMax = 16;
    public const int DecoderFieldsMax = 64;

    /// <summary>The longest raw payload a decoder reads.</summary>
    public const int DecoderBytesMax = 1_024;

    public const int DecoderInvalidMax = 8;
    public const int ProfilesMax = 1_000;
    public const int RulesMax = 1_000;
    public const int ApiKeysMax = 1_000;
    public const int StepsPerRuleMax = 3;
    public const int DurationSecondsMax = 7 * 24 * 3600;
    public const int OfflineAfterSecondsMin = 5;
    public const int DevicesPerTwinMax = 10_000;
    public const int RingPointsMax = 10_000;
    public const int RingsPerCellMax = 64;
    public const int CellsPerImportMax = 10_000;
    public const int CellsPerDistrictMax = 100_000;
    public const int AreasPerCallMax = 1_000;
    public const int StoreysMax = 300;
    public const int HouseholdsMax = 100_000;
    public const int WebhooksPerDistrictMax = 32;
    public const int WebhookUrlCharsMax = 2_000;

    /// <summary>How far a device's clock may run ahead of ours.</summary>
    public const long ClockAheadMsMax = 10 * 60_000;

    /// <summary>An event time older than this is stored but flagged: the clock is suspect.</summary>
    public const long ClockBehindMsMax = 366L * 24 * 3600_000;

    /// <summary>Repetitions remembered in the twin, a device.</summary>
    public const int DedupeWindowMax = 512;

    public const int ReportTextCharsMax = 4_000;
    public const int ReportEvidenceMax = 20;
    public const int EvidenceUriCharsMax = 2_000;
    public const int MessageIdCharsMax = 128;
    public const int EventNameCharsMax = 100;
    public const int CommandNameCharsMax = 100;

    /// <summary>Body of a command, UTF-8.</summary>
    public const int CommandBodyBytesMax = 16 * 1024;

    /// <summary>Reply to a command, UTF-8.</summary>
    public const int CommandReplyBytesMax = 16 * 1024;

    /// <summary>Nesting of the body of a command and of its reply.</summary>
    public const int CommandDepthMax = 32;

    public const int CommandSecondsMin = 1;
    public const int CommandSecondsMax = 7 * 24 * 3600;

    /// <summary>Commands of one device that are issued or delivered and not ended.</summary>
    public const int OpenCommandsPerDeviceMax = 64;

    /// <summary>The same of all devices of a twin: their bodies are in its memory.</summary>
    public const int OpenCommandsPerTwinMax = 1_000;
}
