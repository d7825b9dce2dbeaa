using System.Text.Json.Serialization;
using Orleans;

namespace SmartCommunity.Domain.Ids;

/// <summary>The id of a building (楼栋). Text form: see <see cref="IdText"/>.</summary>
[GenerateSerializer, Immutable, Alias("sc.BuildingId"), JsonConverter(typeof(IdJsonConverter<BuildingId>))]
public readonly record struct BuildingId : IId<BuildingId>
{
    [Id(0)]
    private readonly string? text;

    private BuildingId(string text) => this.text = text;

    /// <summary>Parses an id; throws <see cref="FormatException"/> on a text that is none. At the edges use <see cref="TryParse"/>.</summary>
    public static BuildingId Parse(string text) => new(IdText.Checked(text, nameof(BuildingId)));

    public static bool TryParse(string? text, out BuildingId id)
    {
        var ok = text is not null && IdText.IsValid(text);
        id = ok ? new(text!) : default;
        return ok;
    }

    public override string ToString() => text ?? string.Empty;
}

/// <summary>The id of a volunteer (志愿者). Text form: see <see cref="IdText"/>.</summary>
[GenerateSerializer, Immutable, Alias("sc.VolunteerId"), JsonConverter(typeof(IdJsonConverter<VolunteerId>))]
public readonly record struct VolunteerId : IId<VolunteerId>
{
    [Id(0)]
    private readonly string? text;

    private VolunteerId(string text) => this.text = text;

    /// <summary>Parses an id; throws <see cref="FormatException"/> on a text that is none. At the edges use <see cref="TryParse"/>.</summary>
    public static VolunteerId Parse(string text) => new(IdText.Checked(text, nameof(VolunteerId)));

    public static bool TryParse(string? text, out VolunteerId id)
    {
        var ok = text is not null && IdText.IsValid(text);
        id = ok ? new(text!) : default;
        return ok;
    }

    public override string ToString() => text ?? string.Empty;
}

/// <summary>The id of a field device, unique in its district. Text form: see <see cref="IdText"/>.</summary>
[GenerateSerializer, Immutable, Alias("sc.DeviceId"), JsonConverter(typeof(IdJsonConverter<DeviceId>))]
public readonly record struct DeviceId : IId<DeviceId>
{
    [Id(0)]
    private readonly string? text;

    private DeviceId(string text) => this.text = text;

    /// <summary>Parses an id; throws <see cref="FormatException"/> on a text that is none. At the edges use <see cref="TryParse"/>.</summary>
    public static DeviceId Parse(string text) => new(IdText.Checked(text, nameof(DeviceId)));

    public static bool TryParse(string? text, out DeviceId id)
    {
        var ok = text is not null && IdText.IsValid(text);
        id = ok ? new(text!) : default;
        return ok;
    }

    public override string ToString() => text ?? string.Empty;
}

/// <summary>The id of an organisational unit: street committee, community committee or branch. Text form: see <see cref="IdText"/>.</summary>
[GenerateSerializer, Immutable, Alias("sc.OrgUnitId"), JsonConverter(typeof(IdJsonConverter<OrgUnitId>))]
public readonly record struct OrgUnitId : IId<OrgUnitId>
{
    [Id(0)]
    private readonly string? text;

    private OrgUnitId(string text) => this.text = text;

    /// <summary>Parses an id; throws <see cref="FormatException"/> on a text that is none. At the edges use <see cref="TryParse"/>.</summary>
    public static OrgUnitId Parse(string text) => new(IdText.Checked(text, nameof(OrgUnitId)));

    public static bool TryParse(string? text, out OrgUnitId id)
    {
        var ok = text is not null && IdText.IsValid(text);
        id = ok ? new(text!) : default;
        return ok;
    }

    public override string ToString() => text ?? string.Empty;
}

/// <summary>The id of a device profile. Text form: see <see cref="IdText"/>.</summary>
[GenerateSerializer, Immutable, Alias("sc.ProfileId"), JsonConverter(typeof(IdJsonConverter<ProfileId>))]
public readonly record struct ProfileId : IId<ProfileId>
{
    [Id(0)]
    private readonly string? text;

    private ProfileId(string text) => this.text = text;

    /// <summary>Parses an id; throws <see cref="FormatException"/> on a text that is none. At the edges use <see cref="TryParse"/>.</summary>
    public static ProfileId Parse(string text) => new(IdText.Checked(text, nameof(ProfileId)));

    public static bool TryParse(string? text, out ProfileId id)
    {
        var ok = text is not null && IdText.IsValid(text);
        id = ok ? new(text!) : default;
        return ok;
    }

    public override string ToString() => text ?? string.Empty;
}

/// <summary>The id of an alarm rule. Text form: see <see cref="IdText"/>.</summary>
[GenerateSerializer, Immutable, Alias("sc.RuleId"), JsonConverter(typeof(IdJsonConverter<RuleId>))]
public readonly record struct RuleId : IId<RuleId>
{
    [Id(0)]
    private readonly string? text;

    private RuleId(string text) => this.text = text;

    /// <summary>Parses an id; throws <see cref="FormatException"/> on a text that is none. At the edges use <see cref="TryParse"/>.</summary>
    public static RuleId Parse(string text) => new(IdText.Checked(text, nameof(RuleId)));

    public static bool TryParse(string? text, out RuleId id)
    {
        var ok = text is not null && IdText.IsValid(text);
        id = ok ? new(text!) : default;
        return ok;
    }

    public override string ToString() => text ?? string.Empty;
}

/// <summary>The id of one alarm from raise to close. Text form: see <see cref="IdText"/>.</summary>
[GenerateSerializer, Immutable, Alias("sc.AlarmId"), JsonConverter(typeof(IdJsonConverter<AlarmId>))]
public readonly record struct AlarmId : IId<AlarmId>
{
    [Id(0)]
    private readonly string? text;

    private AlarmId(string text) => this.text = text;

    /// <summary>Parses an id; throws <see cref="FormatException"/> on a text that is none. At the edges use <see cref="TryParse"/>.</summary>
    public static AlarmId Parse(string text) => new(IdText.Checked(text, nameof(AlarmId)));

    public static bool TryParse(string? text, out AlarmId id)
    {
        var ok = text is not null && IdText.IsValid(text);
        id = ok ? new(text!) : default;
        return ok;
    }

    public override string ToString() => text ?? string.Empty;
}

/// <summary>The id of one command to a device, unique among that device's commands. Text form: see <see cref="IdText"/>.</summary>
[GenerateSerializer, Immutable, Alias("sc.CommandId"), JsonConverter(typeof(IdJsonConverter<CommandId>))]
public readonly record struct CommandId : IId<CommandId>
{
    [Id(0)]
    private readonly string? text;

    private CommandId(string text) => this.text = text;

    /// <summary>Parses an id; throws <see cref="FormatException"/> on a text that is none. At the edges use <see cref="TryParse"/>.</summary>
    public static CommandId Parse(string text) => new(IdText.Checked(text, nameof(CommandId)));

    public static bool TryParse(string? text, out CommandId id)
    {
        var ok = text is not null && IdText.IsValid(text);
        id = ok ? new(text!) : default;
        return ok;
    }

    public override string ToString() => text ?? string.Empty;
}

/// <summary>The id of a webhook. Text form: see <see cref="IdText"/>.</summary>
[GenerateSerializer, Immutable, Alias("sc.WebhookId"), JsonConverter(typeof(IdJsonConverter<WebhookId>))]
public readonly record struct WebhookId : IId<WebhookId>
{
    [Id(0)]
    private readonly string? text;

    private WebhookId(string text) => this.text = text;

    /// <summary>Parses an id; throws <see cref="FormatException"/> on a text that is none. At the edges use <see cref="TryParse"/>.</summary>
    public static WebhookId Parse(string text) => new(IdText.Checked(text, nameof(WebhookId)));

    public static bool TryParse(string? text, out WebhookId id)
    {
        var ok = text is not null && IdText.IsValid(text);
        id = ok ? new(text!) : default;
        return ok;
    }

    public override string ToString() => text ?? string.Empty;
}
