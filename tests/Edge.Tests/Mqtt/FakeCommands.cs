using System.Collections.Concurrent;
using SmartCommunity.Domain.Areas;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.DeviceCommands;
using SmartCommunity.Grains.Ingest;

namespace SmartCommunity.Edge.Tests.Mqtt;

/// <summary>The commands of all devices in memory; a receipt moves its command as the twin would, everything else goes to the fake lanes.</summary>
internal sealed class FakeCommands(FakeIngest ingest) : ICommandDirectory, IIngest
{
    private readonly ConcurrentDictionary<(DeviceId Device, CommandId Id), DeviceCommand> all = new();
    private readonly ConcurrentDictionary<Action<string, DeviceId, CommandId>, byte> listeners = new();
    private long number;

    /// <summary>Receipts that fail before one is taken.</summary>
    public int FailuresLeft;

    /// <summary>True: the store cannot be read.</summary>
    public volatile bool IsUnreadable;

    public int Looks;

    public DeviceCommand Issue(string device, string id, string body = "{}", int seconds = 60)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        var command = new DeviceCommand(
            CommandId.Parse(id), DeviceId.Parse(device), TwinKey.Of(BuildingId.Parse("b1")), AreaCode.Parse(FakeDirectory.District), Interlocked.Increment(ref number),
            "open", body, "key:test", now, now.AddSeconds(seconds), CommandState.Issued);
        Put(command);
        return command;
    }

    public void End(string device, string id, CommandState state) => Put(Find(device, id) with { State = state });

    public CommandState StateOf(string device, string id) => Find(device, id).State;

    public string? NoteOf(string device, string id) => Find(device, id).Note;

    public ValueTask<IReadOnlyList<DeviceCommand>> WaitingAsync(string district, DeviceId device, CancellationToken cancellation)
    {
        Interlocked.Increment(ref Looks);
        return IsUnreadable
            ? throw new IOException("away")
            : new([.. all.Values.Where(c => c.Device == device && c.State == CommandState.Issued).OrderBy(c => c.Number)]);
    }

    public ValueTask<DeviceCommand?> FindAsync(string district, DeviceId device, CommandId command, CancellationToken cancellation) =>
        new(all.GetValueOrDefault((device, command)));

    public IDisposable OnChanged(Action<string, DeviceId, CommandId> changed)
    {
        listeners[changed] = 0;
        return new MemoryStream();
    }

    public bool TryPost(DeviceRoute route, in DeviceMessage message, IIngestReceipt receipt, long ticket)
    {
        if (message.Kind != MessageKind.CommandReceipt)
        {
            return ingest.TryPost(route, message, receipt, ticket);
        }

        if (Interlocked.Decrement(ref FailuresLeft) >= 0)
        {
            receipt.Fail(ticket);
            return true;
        }

        var command = Find(message.Device.ToString(), message.MessageId!);
        if (command.State == CommandState.Issued)
        {
            Put(command with { State = message.Body is null ? CommandState.Delivered : CommandState.Undeliverable, Note = message.Body });
        }

        receipt.Complete(ticket, new(MessageFate.Accepted));
        return true;
    }

    private DeviceCommand Find(string device, string id) => all[(DeviceId.Parse(device), CommandId.Parse(id))];

    private void Put(DeviceCommand command)
    {
        all[(command.Device, command.Id)] = command;
        foreach (var (listener, _) in listeners)
        {
            listener(FakeDirectory.District, command.Device, command.Id);
        }
    }
}
