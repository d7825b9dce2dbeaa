using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Volunteers;

namespace SmartCommunity.Grains.Volunteers;

/// <summary>One volunteer: profile and presence. Key: <c>340104/volunteers/{id}</c>. Stream: <c>volunteers/{id}</c>.</summary>
[Alias("sc.IVolunteerGrain"), GrainInterfaceType("sc.volunteer")]
public interface IVolunteerGrain : IGrainWithStringKey
{
    [Alias("Define")]
    Task<Outcome<Volunteer>> Define(Volunteer volunteer, WriteCondition condition, CommandContext context);

    /// <summary>Records where the volunteer says to be; the cell is found from the location.</summary>
    [Alias("ReportPresence")]
    Task<Outcome<Volunteer>> ReportPresence(bool onDuty, GeoPoint? location, CommandContext context);
}
