using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Profiles;

internal static class ProfileMapping
{
    public static readonly string[] Changeable = ["display_name", "metrics", "offline_after", "decoder"];

    public static FieldNames Names { get; } = new("profile", ("name", "display_name"), ("offline_after_seconds", "offline_after"));

    public static V1.Profile ToProto(this DeviceProfile profile, AreaCode district) => new()
    {
        Name = ResourceNames.Of(district, ResourceNames.Profiles, profile.Id.ToString()),
        DisplayName = profile.Name,
        Metrics = { profile.Metrics.Select(m => new V1.Metric { Name = m.Name, Unit = m.Unit, Min = m.Min, Max = m.Max }) },
        OfflineAfter = Shapes.Seconds(profile.OfflineAfterSeconds),
        Etag = Etags.Of(profile.Revision),
        Decoder = profile.Decoder is { } decoder ? DecoderMapping.ToProto(decoder) : null,
    };

    public static Outcome<DeviceProfile> ToDomain(this V1.Profile profile, AreaCode district, ProfileId id)
    {
        var reader = new RequestReader(district);
        if (profile.Metrics.Count == 0)
        {
            reader.Refuse(Answers.Missing("metrics"));
        }

        return reader.Finish(new DeviceProfile(
            id,
            profile.DisplayName,
            [.. profile.Metrics.Select(m => new Metric(m.Name, m.Unit, m.Min, m.Max))],
            reader.Seconds(profile.OfflineAfter, "offline_after"),
            Revision: 0,
            profile.Decoder is { } decoder ? DecoderMapping.ToDomain(decoder) : null));
    }
}
