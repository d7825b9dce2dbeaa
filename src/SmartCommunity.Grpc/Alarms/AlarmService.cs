using Grpc.Core;
using Orleans;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Views;
using SmartCommunity.Grains;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grains.Twins;
using SmartCommunity.Grpc.Calls;
using SmartCommunity.Grpc.Refusals;
using SmartCommunity.Grpc.Requests;

namespace SmartCommunity.Grpc.Alarms;

internal sealed class AlarmService(IDirectory directory, IGrainFactory grains) : V1.AlarmService.AlarmServiceBase
{
    public override async Task<V1.GetAlarmResponse> GetAlarm(V1.GetAlarmRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        return new() { Alarm = (await FindAsync(call, request.Name)).ToProto(call.District) };
    }

    public override async Task<V1.ListAlarmsResponse> ListAlarms(V1.ListAlarmsRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        call.CheckParent(request.Parent);
        var reader = new RequestReader(call.District);
        reader.Known(request.Status, "status");
        reader.Known(request.Level, "level");
        if (reader.Refusal is { } refusal)
        {
            throw RefusalStatus.ToException(refusal);
        }

        var page = await directory.PageAsync<Alarm>(call, request.PageSize, request.PageToken, request.Area, StatusOf(request.Status));
        var items = page.Items.Where(alarm => request.Level == V1.AlarmLevel.Unspecified || (int)alarm.Level == (int)request.Level);
        return new() { Alarms = { items.Select(alarm => alarm.ToProto(call.District)) }, NextPageToken = page.NextPageToken ?? string.Empty };
    }

    public override async Task<V1.AcknowledgeAlarmResponse> AcknowledgeAlarm(V1.AcknowledgeAlarmRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        return new() { Alarm = await HandleAsync(call, request.Name, request.Note, (twin, id, note) => twin.AcknowledgeAlarm(id, note, call.Command)) };
    }

    public override async Task<V1.CloseAlarmResponse> CloseAlarm(V1.CloseAlarmRequest request, ServerCallContext context)
    {
        var call = EdgeCall.Of(context);
        return new() { Alarm = await HandleAsync(call, request.Name, request.Note, (twin, id, note) => twin.CloseAlarm(id, note, call.Command)) };
    }

    private async Task<V1.Alarm> HandleAsync(EdgeCall call, string name, string note, Func<ITwinGrain, AlarmId, string?, Task<Outcome<Alarm>>> handle)
    {
        var alarm = await FindAsync(call, name);
        var outcome = await handle(grains.Twin(call.District, alarm.Twin), alarm.Id, note.Length == 0 ? null : note).WaitAsync(call.Cancellation);

        // A twin forgets its closed alarms; the directory keeps them.
        if (outcome.Refusal?.Code == RefusalCode.NotFound && (await FindAsync(call, name)).ClosedBy is not null)
        {
            throw RefusalStatus.ToException(new(RefusalCode.WrongState, "name", "The alarm is closed.", "Nothing is left to do."));
        }

        return outcome.OrThrow(AlarmMapping.ByName).ToProto(call.District);
    }

    private Task<Alarm> FindAsync(EdgeCall call, string name) =>
        directory.FindAsync<Alarm>(call, call.Id<AlarmId>(name, ResourceNames.Alarms, "name").ToString(), "name");

    private static string? StatusOf(V1.AlarmStatus status) => status switch
    {
        V1.AlarmStatus.Open => ViewStatus.Open,
        V1.AlarmStatus.Acknowledged => ViewStatus.Acknowledged,
        V1.AlarmStatus.Closed => ViewStatus.Closed,
        _ => null,
    };
}
