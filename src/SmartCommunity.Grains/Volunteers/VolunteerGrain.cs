using SmartCommunity.Domain;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Volunteers;
using SmartCommunity.Domain.Wire;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grains.Streams;

namespace SmartCommunity.Grains.Volunteers;

[GrainType("sc.volunteer")]
internal sealed class VolunteerGrain(
    [PersistentState(StateNames.Volunteer, StateNames.Storage)] IPersistentState<StreamSnapshot> stored,
    StreamRoom room,
    IDirectory directory) : EventGrain<Volunteer?>(stored, room), IVolunteerGrain
{
    public Task<Outcome<Volunteer>> Define(Volunteer volunteer, WriteCondition condition, CommandContext context) => HandleAsync(
        "volunteer.Define",
        (volunteer, condition),
        context,
        state => KeyCheck.Named(Stream, "volunteers", volunteer.Id.ToString(), "volunteer_id") is { } refusal
            ? refusal
            : VolunteerDecider.Define(state, volunteer, GrainKeys.DistrictOf(Stream.District), condition, context));

    public Task<Outcome<Volunteer>> ReportPresence(bool onDuty, GeoPoint? location, CommandContext context) => HandleAsync(
        "volunteer.ReportPresence",
        (onDuty, location),
        context,
        async state =>
        {
            AreaCode? cell = location is { } point ? await directory.LocateAsync(Stream.District, point, CancellationToken.None) : null;
            return VolunteerDecider.ReportPresence(state, onDuty, location, cell, context);
        });

    protected override Volunteer? Empty() => null;

    protected override Volunteer? Evolve(Volunteer? before, DomainEvent happened, long atMs, long recordedMs) => VolunteerDecider.Evolve(before, happened);

    protected override byte[] Write(Volunteer? current) => current is null ? [] : RecordCodec.Encode(current);

    protected override bool TryRead(byte[] snapshot, out Volunteer? read)
    {
        read = RecordCodec.Decode<Volunteer>(snapshot);
        return true;
    }
}
