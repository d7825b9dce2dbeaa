using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Volunteers;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Volunteers;

internal static class VolunteerMapping
{
    public static readonly string[] Changeable = ["display_name", "phone", "skills", "area", "party_member"];

    public static FieldNames Names { get; } = new("volunteer", ("name", "display_name"), ("home", "area"));

    public static FieldNames PresenceNames { get; } = new(string.Empty, ("volunteer", "name"));

    public static V1.Volunteer ToProto(this Volunteer volunteer, AreaCode district) => new()
    {
        Name = ResourceNames.Of(district, ResourceNames.Volunteers, volunteer.Id.ToString()),
        DisplayName = volunteer.Name,
        Phone = volunteer.Phone,
        Skills = { volunteer.Skills },
        Area = volunteer.Home.ToString(),
        PartyMember = volunteer.PartyMember,
        Presence = volunteer.Presence is { } presence ? presence.ToProto() : null,
        Etag = Etags.Of(volunteer.Revision),
    };

    public static V1.VolunteerPresence ToProto(this VolunteerPresence presence) => new()
    {
        OnDuty = presence.OnDuty,
        Location = presence.Location.ToProto(),
        Cell = presence.Cell?.ToString() ?? string.Empty,
        ReportTime = presence.At.ToProto(),
    };

    public static Outcome<Volunteer> ToDomain(this V1.Volunteer volunteer, AreaCode district, VolunteerId id)
    {
        var reader = new RequestReader(district);
        return reader.Finish(new Volunteer(
            id,
            volunteer.DisplayName,
            volunteer.Phone,
            [.. volunteer.Skills],
            reader.Area(volunteer.Area, "area", AreaLevel.Community, AreaLevel.Cell),
            volunteer.PartyMember,
            Presence: null,
            Revision: 0));
    }
}
