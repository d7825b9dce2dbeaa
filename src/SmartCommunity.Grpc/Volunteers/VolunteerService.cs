using Grpc.Core;
using Orleans;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Volunteers;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Volunteers;

internal sealed class VolunteerService(IDirectory directory, IGrainFactory grains) : V1.VolunteerService.VolunteerServiceBase
{
    public override async Task<V1.CreateVolunteerResponse> CreateVolunteer(V1.CreateVolunteerRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var id = call.NewId<VolunteerId>(request.VolunteerId, "volunteer_id");
        var wanted = NamedRequests.Record(request.Volunteer, "volunteer").ToDomain(call.District, id).OrThrow(VolunteerMapping.Names);
        var outcome = await grains.Volunteer(call.District, id).Define(wanted, WriteCondition.Create, call.Command).WaitAsync(call.Cancellation);
        return new() { Volunteer = outcome.OrThrow(VolunteerMapping.Names).ToProto(call.District) };
    }

    public override async Task<V1.GetVolunteerResponse> GetVolunteer(V1.GetVolunteerRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var id = call.Id<VolunteerId>(request.Name, ResourceNames.Volunteers, "name");
        return new() { Volunteer = (await directory.FindAsync<Volunteer>(call, id.ToString(), "name")).ToProto(call.District) };
    }

    public override async Task<V1.ListVolunteersResponse> ListVolunteers(V1.ListVolunteersRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var page = await directory.PageAsync<Volunteer>(call, request.PageSize, request.PageToken, request.Area);
        return new() { Volunteers = { page.Items.Select(item => item.ToProto(call.District)) }, NextPageToken = page.NextPageToken ?? string.Empty };
    }

    public override async Task<V1.UpdateVolunteerResponse> UpdateVolunteer(V1.UpdateVolunteerRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var id = call.Id<VolunteerId>(request.Volunteer.Name, ResourceNames.Volunteers, "volunteer.name");
        var outcome = await Revisions.ReviseAsync(
            call.Revision(request.Volunteer.Etag, "volunteer.etag"),
            () => directory.FindAsync<Volunteer>(call, id.ToString(), "volunteer.name"),
            current => UpdateMask.Apply(current.ToProto(call.District), request.Volunteer, request.UpdateMask, VolunteerMapping.Changeable)
                .Then(changed => changed.ToDomain(call.District, id)),
            current => current.Revision,
            (changed, condition) => grains.Volunteer(call.District, id).Define(changed, condition, call.Command).WaitAsync(call.Cancellation));
        return new() { Volunteer = outcome.OrThrow(VolunteerMapping.Names).ToProto(call.District) };
    }

    public override async Task<V1.ImportVolunteersResponse> ImportVolunteers(V1.ImportVolunteersRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var summary = await RowImport.RunAsync(
            request.Rows,
            row => (row.Row, row.VolunteerId),
            "volunteer_id",
            request.DryRun,
            VolunteerMapping.Names,
            (row, index) => WriteAsync(call, row, index, request.DryRun),
            call.Cancellation);
        return new() { Summary = summary };
    }

    private async Task<Outcome<RowAnswer>> WriteAsync(EdgeCall call, V1.VolunteerRow row, int index, bool dryRun)
    {
        var reader = new RequestReader(call.District);
        var id = reader.Id<VolunteerId>(row.VolunteerId, "volunteer_id");
        var wanted = reader.Finish(row.Volunteer ?? new()).Then(record => record.ToDomain(call.District, id));
        if (wanted.IsRefused)
        {
            return wanted.Refusal;
        }

        var before = await directory.GetAsync<Volunteer>(call.DistrictCode, id.ToString(), call.Cancellation);
        var context = call.Row(index, RequestFields.Fingerprint("ImportVolunteers", row));
        var outcome = await grains.Volunteer(call.District, id).Define(wanted.Value, RowImport.Condition(dryRun), context).WaitAsync(call.Cancellation);
        return outcome.Then<Volunteer, RowAnswer>(after => new RowAnswer(RowAnswer.FateOf(before?.Revision, after.Revision)));
    }

    public override async Task<V1.ReportVolunteerPresenceResponse> ReportVolunteerPresence(V1.ReportVolunteerPresenceRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        var id = call.Id<VolunteerId>(request.Name, ResourceNames.Volunteers, "name");
        var reader = new RequestReader(call.District);
        var location = reader.Point(request.Location, "location");
        if (reader.Refusal is { } refusal)
        {
            throw RefusalStatus.ToException(refusal);
        }

        var outcome = await grains.Volunteer(call.District, id).ReportPresence(request.OnDuty, location, call.Command).WaitAsync(call.Cancellation);
        return new() { Volunteer = outcome.OrThrow(VolunteerMapping.PresenceNames).ToProto(call.District) };
    }
}
