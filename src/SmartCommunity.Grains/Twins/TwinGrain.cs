using SmartCommunity.Domain;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Catalogue;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Directory;
using SmartCommunity.Grains.Streams;
using SmartCommunity.Storage;

namespace SmartCommunity.Grains.Twins;

/// <summary>What the twins of buildings and cells share: messages, devices, alarms, the past.</summary>
internal abstract class TwinGrain(IPersistentState<StreamSnapshot> stored, StreamRoom room, TwinRoom twins)
    : EventGrain<TwinState>(stored, room), ITwinGrain
{
    private static readonly KnownFacts NothingAsked = new();

    protected AreaCode District => GrainKeys.DistrictOf(Stream.District);

    protected override bool KeepsMarks => true;

    public Task<MessageOutcome[]> Ingest(MessageBatch batch) => RunAsync(async () =>
    {
        var (catalogue, places) = await SurroundingsAsync();
        var facts = NothingAsked;
        var decision = Decide();
        while (!decision.IsComplete)
        {
            facts = facts == NothingAsked ? new() : facts;
            await twins.AnswerAsync(Stream.District, decision, facts);
            decision = Decide();
        }

        await CommitAsync(decision);
        return decision.Outcomes;

        TwinDecision Decide() => TwinDecider.Ingest(State, batch.Messages.AsSpan(0, batch.Count), catalogue, places, facts);
    });

    public Task<Outcome<Device>> DefineDevice(Device device, WriteCondition condition, CommandContext context) => HandleAsync(
        "twin.DefineDevice",
        (device, condition),
        context,
        async state =>
        {
            var (catalogue, _) = await SurroundingsAsync();
            var gateway = device.Gateway is { } id ? await twins.GatewayAsync(Stream.District, id, device.Id) : null;
            return TwinDecider.DefineDevice(state, device, await ExistsAsync(state), catalogue, condition, context, gateway);
        });

    public Task<Outcome<Device>> ReplaceCredential(DeviceId device, DeviceCredential credential, CommandContext context) => HandleAsync(
        "twin.ReplaceCredential",
        (device, credential),
        context,
        state => TwinDecider.ReplaceCredential(state, device, credential, context));

    public Task<Outcome<Device>> RevokeDevice(DeviceId device, CommandContext context) => HandleAsync(
        "twin.RevokeDevice",
        device,
        context,
        async state => TwinDecider.RevokeDevice(state, device, (await SurroundingsAsync()).Catalogue, context));

    public Task<Outcome<Alarm>> AcknowledgeAlarm(AlarmId alarm, string? note, CommandContext context) => HandleAsync(
        "twin.AcknowledgeAlarm",
        (alarm, note),
        context,
        async state => TwinDecider.AcknowledgeAlarm(state, alarm, note, (await SurroundingsAsync()).Catalogue, context));

    public Task<Outcome<Alarm>> CloseAlarm(AlarmId alarm, string? note, CommandContext context) => HandleAsync(
        "twin.CloseAlarm",
        (alarm, note),
        context,
        async state => TwinDecider.CloseAlarm(state, alarm, note, (await SurroundingsAsync()).Catalogue, context));

    public Task<Outcome<DeviceCommand>> IssueCommand(NewCommand command, CommandContext context) => HandleAsync(
        "twin.IssueCommand",
        command,
        context,
        async state => CommandDecider.Issue(state, command, (await SurroundingsAsync()).Catalogue, context));

    public Task<Outcome<DeviceCommand>> CancelCommand(DeviceId device, CommandId command, string? note, CommandContext context) => HandleAsync(
        "twin.CancelCommand",
        (device, command, note),
        context,
        async state => CommandDecider.Cancel(state, device, command, note, (await SurroundingsAsync()).Catalogue, context));

    public Task Sweep(DateTimeOffset now) => RunAsync(async () =>
    {
        var (catalogue, _) = await SurroundingsAsync();
        return await CommitAsync(TwinDecider.Sweep(State, catalogue, now.ToUnixTimeMilliseconds()));
    });

    public Task<Outcome<TwinView>> Get() => RunAsync(() => ViewAsync(State));

    public async Task<Outcome<TwinView>> GetAt(DateTimeOffset instant)
    {
        var atMs = instant.ToUnixTimeMilliseconds();
        if (HasCaughtUp && atMs >= RecordedMs)
        {
            // This call runs beside others: it looks at the state as it is and never claims the stream.
            return await ViewAsync(State);
        }

        var (past, after) = await NearestAsync(atMs);
        await foreach (var entry in Room.Journal.ReadStreamAsync(Stream, after, CancellationToken.None))
        {
            if (entry.RecordedMs > atMs)
            {
                break;
            }

            past = Fold(past, entry);
        }

        return await ViewAsync(past);
    }

    protected override TwinState Empty() => new(TwinKey.Parse(Stream.Name), District);

    protected override TwinState Evolve(TwinState before, DomainEvent happened, long atMs, long recordedMs)
    {
        before.Apply(happened, atMs, recordedMs);
        return before;
    }

    protected override byte[] Write(TwinState current) => TwinSnapshotCodec.Encode(current);

    protected override bool TryRead(byte[] snapshot, out TwinState read)
    {
        read = TwinSnapshotCodec.Decode(snapshot)!;
        return read is not null;
    }

    protected override TwinState Fold(TwinState before, JournalEntry entry)
    {
        if (entry.Type is not null)
        {
            return base.Fold(before, entry);
        }

        before.Apply(TwinReadings.Of(entry));
        return before;
    }

    private async ValueTask<Outcome<TwinView>> ViewAsync(TwinState twin) => await ExistsAsync(twin)
        ? twin.ToView()
        : new Refusal(RefusalCode.NotFound, "twin", "There is no such twin (or there was none at that time).", "Check the id and the district.");

    /// <summary>Whether the building or cell is there.</summary>
    protected abstract ValueTask<bool> ExistsAsync(TwinState twin);

    protected async ValueTask<(DistrictCatalogue Catalogue, IPlaces Places)> SurroundingsAsync() =>
        (await twins.Caches.CatalogueAsync(Stream.District, CancellationToken.None) ?? TwinRoom.NoCatalogue,
            await twins.Caches.GridAsync(Stream.District, CancellationToken.None));

    private async ValueTask<bool> CommitAsync(TwinDecision decision)
    {
        if (decision.IsEmpty)
        {
            return false;
        }

        var draft = new Drafted
        {
            Events = decision.Events,
            Effects = decision.Effects,
            Readings = TwinReadings.ToStore(decision.Readings),
            Keys = TwinReadings.ToStore(decision.Keys),
        };
        var result = await AppendAsync(draft);
        if (result.Status != CommitStatus.Committed)
        {
            // The decision asked for its keys before; only another writer can have taken one since.
            throw StaleStreamException.Of(Stream, result.Status);
        }

        Advance(result, draft, before =>
        {
            EvolveAll(decision.Events)(before);
            foreach (var reading in decision.Readings)
            {
                before.Apply(reading);
            }

            return before;
        });
        return true;
    }

    private async ValueTask<(TwinState Past, long After)> NearestAsync(long atMs)
    {
        var marks = Marks;
        for (var i = marks.Length - 1; i >= 0; i--)
        {
            if (marks[i].RecordedMs <= atMs
                && await SnapshotKeeper.ReadMarkAsync(Room, Stream, this.GetPrimaryKeyString(), marks[i]) is { } bytes
                && TryRead(bytes, out var past))
            {
                return (past, marks[i].Position);
            }
        }

        return (Empty(), 0);
    }
}
