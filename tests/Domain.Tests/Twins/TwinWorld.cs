using SmartCommunity.Domain;
using SmartCommunity.Domain.Alarms;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.Catalogue;
using SmartCommunity.Domain.Cells;
using SmartCommunity.Domain.Commands;
using SmartCommunity.Domain.Devices;
using SmartCommunity.Domain.Districts;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Refusals;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Domain.Wire;

namespace SmartCommunity.Domain.Tests.Twins;

/// <summary>One twin with its log, its keys and its store answers: what a grain and the store do, in memory.</summary>
internal sealed class TwinWorld
{
    public const long Start = 1_763_856_000_000;

    public static readonly AreaCode District = AreaCode.Parse("340104");
    public static readonly AreaCode Cell = AreaCode.Parse("340104001001001");
    public static readonly ProfileId Profile = ProfileId.Parse("environment");
    public static readonly DeviceId D1 = DeviceId.Parse("d1");
    public static readonly DeviceId D2 = DeviceId.Parse("d2");

    public static readonly AlarmRule Rule = new(
        RuleId.Parse("pm25-high"), "PM2.5", Profile, "pm25", Comparison.Above,
        [new(AlarmLevel.Notice, 75, 60), new(AlarmLevel.Warning, 115, 60)], 5, 120, 300, null, true, 1);

    public static readonly DeviceProfile Environment = new(
        Profile, "环境", [new("pm25", "ug/m3", 0, 1000), new("temperature", "Cel", -40, 85)], 600, 1);

    private readonly Dictionary<KeyAsk, ulong> keys = [];

    public TwinWorld(params AlarmRule[] rules)
    {
        Catalogue = new(TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"), [Environment], rules.Length > 0 ? rules : [Rule]);
        Places = new(District, [new(Cell, "第一网格", [Square(117.2, 31.8, 0.01)], 1, 1)], [AreaCode.Parse("340104001001")]);
        State = Fresh();
        Mount(D1);
        Mount(D2);
    }

    public DistrictCatalogue Catalogue { get; }

    public GridIndex Places { get; }

    public TwinState State { get; set; }

    /// <summary>Events and readings in commit order.</summary>
    public List<object> Log { get; } = [];

    public long NowMs { get; set; } = Start;

    public IEnumerable<DecidedEvent> Events => Log.OfType<DecidedEvent>();

    public IEnumerable<TwinReading> Readings => Log.OfType<TwinReading>();

    public static GeoPoint[] Square(double lon, double lat, double side) =>
        [new(lon, lat), new(lon + side, lat), new(lon + side, lat + side), new(lon, lat + side), new(lon, lat)];

    public static TwinState Fresh() => new(TwinKey.Of(Cell), District);

    public static DeviceMessage Telemetry(long receivedMs, double pm25, string? id = null, long? atMs = null, DeviceId? device = null) => new()
    {
        Device = device ?? D1,
        Kind = MessageKind.Telemetry,
        MessageId = id,
        AtMs = atMs,
        ReceivedMs = receivedMs,
        Values = [new("pm25", pm25)],
        Fingerprint = (ulong)HashCode.Combine(pm25, id, atMs),
    };

    public static DeviceMessage Other(MessageKind kind, long receivedMs, string body, string? id = null, long? atMs = null) => new()
    {
        Device = D1,
        Kind = kind,
        MessageId = id,
        AtMs = atMs,
        ReceivedMs = receivedMs,
        Values = [],
        Body = body,
        Fingerprint = Hash64.Of(body),
    };

    public MessageOutcome Send(DeviceMessage message) => Ingest([message])[0];

    public MessageOutcome[] Ingest(DeviceMessage[] messages)
    {
        var facts = new KnownFacts();
        for (var looks = 0; looks < 10; looks++)
        {
            var decision = TwinDecider.Ingest(State, messages, Catalogue, Places, facts);
            if (decision.IsComplete)
            {
                Commit(decision);
                return decision.Outcomes;
            }

            foreach (var ask in decision.ReadingAsks)
            {
                facts.Add(ask, Readings.Where(r => r.Device == ask.Device && r.AtMs == ask.AtMs));
            }

            foreach (var ask in decision.KeyAsks)
            {
                facts.Add(ask, keys.TryGetValue(ask, out var known) ? known : null);
            }
        }

        throw new InvalidOperationException("The decision never becomes complete.");
    }

    public void Sweep(long nowMs) => Commit(TwinDecider.Sweep(State, Catalogue, nowMs));

    /// <summary>A restart: the state comes back from the log, through the wire.</summary>
    public void Restart() => State = Replay(Log);

    /// <summary>A restart from a snapshot.</summary>
    public void RestartFromSnapshot() => State = TwinSnapshotCodec.Decode(TwinSnapshotCodec.Encode(State))!;

    public static TwinState Replay(IEnumerable<object> log)
    {
        var state = Fresh();
        foreach (var entry in log)
        {
            if (entry is DecidedEvent e)
            {
                state.Apply(EventCodec.Decode(EventCodec.NameOf(e.Event), EventCodec.Encode(e.Event)), e.AtMs, e.RecordedMs);
            }
            else
            {
                state.Apply((TwinReading)entry);
            }
        }

        return state;
    }

    public static string Text(TwinState state) => System.Text.Encoding.UTF8.GetString(TwinSnapshotCodec.Encode(state));

    public void Do<T>(Outcome<Decision<T>> outcome)
        where T : class
    {
        Assert.False(outcome.IsRefused, outcome.Refusal?.Rule);
        Commit(outcome.Value.Events, []);
    }

    public static CommandContext Context(long nowMs) => new("key:test", DateTimeOffset.FromUnixTimeMilliseconds(nowMs));

    private void Mount(DeviceId id)
    {
        var device = new Device(id, id + " 设备", Profile, TwinKey.Of(Cell), Cell, false, TokenHash.Of(id.ToString()), 0);
        Do(TwinDecider.DefineDevice(State, device, true, Catalogue, WriteCondition.Create, Context(Start)));
    }

    private void Commit(TwinDecision decision)
    {
        foreach (var key in decision.Keys)
        {
            keys.Add(new(key.Scope, key.Key), key.Fingerprint);
        }

        Commit(decision.Events, decision.Readings);
    }

    private void Commit(List<DecidedEvent> events, List<TwinReading> readings)
    {
        foreach (var e in events)
        {
            State.Apply(e.Event, e.AtMs, e.RecordedMs);
            Log.Add(e);
        }

        foreach (var reading in readings)
        {
            State.Apply(reading);
            Log.Add(reading);
        }
    }
}
