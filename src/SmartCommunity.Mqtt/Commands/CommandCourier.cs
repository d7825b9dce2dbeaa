using System.Globalization;
using System.Threading.Channels;
using SmartCommunity.Domain.DeviceCommands;
using SmartCommunity.Domain.Ids;
using SmartCommunity.Domain.Twins;
using SmartCommunity.Grains.Ingest;
using SmartCommunity.Mqtt.Links;

namespace SmartCommunity.Mqtt.Commands;

/// <summary>What became of a command at the client: the reason code of its PUBACK, or that it was never written.</summary>
internal readonly record struct CommandFate(int Code)
{
    /// <summary>MQTT 5 reason codes from here on are refusals.</summary>
    private const int RefusalMin = 0x80;

    private const int NeverWritten = -1;

    public static CommandFate Taken { get; } = new(0);

    public static CommandFate TooLarge { get; } = new(NeverWritten);

    /// <summary>Why it is undeliverable; null when it was taken.</summary>
    public string? Reason => Code == NeverWritten ? UndeliverableReasons.TooLarge
        : Code >= RefusalMin ? string.Create(CultureInfo.InvariantCulture, $"{UndeliverableReasons.Refused} 0x{Code:x2}")
        : null;
}

/// <summary>A command on its way to the client.</summary>
internal readonly record struct Parcel(CommandId Id, DateTimeOffset ExpiresAt);

/// <summary>
/// Carries the commands of one device to one connection, one at a time in order of issue: written, acknowledged, durable, next. Holds ids, never bodies;
/// looks each command up before it writes it, so that what has ended meanwhile is left out.
/// </summary>
internal sealed class CommandCourier(LinkCommands commands, CommandFilter filter)
{
    /// <summary>Ids that were heard of and not yet looked at; beyond that all are looked up again.</summary>
    public const int HeardMax = 256;

    private const int RetryMs = 500;

    private readonly Lock sync = new();
    private readonly Queue<CommandId> waiting = new();
    private readonly HashSet<CommandId> known = [];
    private readonly Channel<bool> news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private CommandId carried;
    private CommandFate? fate;
    private volatile bool ended;
    private bool carries;
    private bool looksAll;

    public (string District, DeviceId Device) Key { get; } = (filter.District, filter.Device);

    /// <summary>Replaced when the client subscribes again.</summary>
    public CommandFilter Filter { get; set; } = filter;

    private EdgeServices Services => commands.Link.Services;

    public void Start() => _ = RunAsync();

    /// <summary>It is this one's turn: everything that waits is looked up.</summary>
    public void Begin()
    {
        lock (sync)
        {
            carries = true;
            looksAll = true;
        }

        news.Writer.TryWrite(true);
    }

    /// <summary>Another connection of the device has subscribed.</summary>
    public void Rest()
    {
        lock (sync)
        {
            carries = false;
        }

        news.Writer.TryWrite(true);
    }

    public void End()
    {
        ended = true;
        news.Writer.TryComplete();
        Services.Commands.Leave(this);
    }

    /// <summary>A commit has issued or moved a command. On the store's thread.</summary>
    public void Heard(CommandId command)
    {
        lock (sync)
        {
            if (waiting.Count >= HeardMax)
            {
                looksAll = true;
            }
            else if (!looksAll && known.Add(command))
            {
                waiting.Enqueue(command);
            }
        }

        news.Writer.TryWrite(true);
    }

    /// <summary>True while this command is the one on its way: what is no longer waited for (it or its filter has ended meanwhile) is not written.</summary>
    public bool Carries(CommandId command)
    {
        lock (sync)
        {
            return !ended && carried == command;
        }
    }

    /// <summary>What became of a command at the client; also of one that is no longer waited for, because it is another connection's turn.</summary>
    public void Told(Parcel about, CommandFate told)
    {
        lock (sync)
        {
            if (about.Id == carried)
            {
                fate = told;
                news.Writer.TryWrite(true);
                return;
            }
        }

        _ = ReportAsync(about, told.Reason);
    }

    private async Task RunAsync()
    {
        // The caller is the connection's reading side: it must not wait for the store.
        await Task.Yield();
        try
        {
            Services.Commands.Join(this);
            while (!ended)
            {
                if (await NextAsync() is { } next)
                {
                    await CarryAsync(next);
                }
                else
                {
                    await news.Reader.ReadAsync();
                }
            }
        }
        catch (ChannelClosedException)
        {
            // The connection has ended or the filter was taken back.
            Log.CourierEnded(Services.Log, Key.District, Key.Device.ToString());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.CourierFailed(Services.Log, Key.District, Key.Device.ToString(), e);
            commands.Link.Close(Wire.ReasonCode.Unspecified);
        }
        finally
        {
            Services.Commands.Leave(this);
        }
    }

    private async ValueTask<CommandId?> NextAsync()
    {
        bool all;
        lock (sync)
        {
            if (!carries)
            {
                return null;
            }

            all = looksAll;
            if (all)
            {
                // What is heard from here on is newer than what the look-up misses.
                looksAll = false;
                waiting.Clear();
                known.Clear();
            }
        }

        if (all)
        {
            Merge(await LookAsync());
        }

        lock (sync)
        {
            if (!waiting.TryDequeue(out var next))
            {
                return null;
            }

            known.Remove(next);
            return next;
        }
    }

    private void Merge(IReadOnlyList<DeviceCommand> found)
    {
        lock (sync)
        {
            var heard = waiting.ToArray();
            waiting.Clear();
            foreach (var command in found)
            {
                known.Add(command.Id);
                waiting.Enqueue(command.Id);
            }

            foreach (var id in heard)
            {
                if (!waiting.Contains(id))
                {
                    waiting.Enqueue(id);
                }
            }
        }
    }

    private Task<IReadOnlyList<DeviceCommand>> LookAsync() =>
        PatientlyAsync(() => Services.Commands.Directory.WaitingAsync(Key.District, Key.Device, CancellationToken.None));

    /// <summary>The command, when it still waits for the device.</summary>
    private async ValueTask<DeviceCommand?> FindAsync(CommandId id)
    {
        var found = await PatientlyAsync(() => Services.Commands.Directory.FindAsync(Key.District, Key.Device, id, CancellationToken.None));
        return found is { State: CommandState.Issued } && found.ExpiresAt > Services.Clock.GetUtcNow() ? found : null;
    }

    /// <summary>A store that cannot be read is asked again.</summary>
    private async Task<T> PatientlyAsync<T>(Func<ValueTask<T>> read)
    {
        while (true)
        {
            try
            {
                return await read();
            }
            catch (Exception e) when (!ended)
            {
                Log.CommandsUnread(Services.Log, Key.District, Key.Device.ToString(), e);
                await PauseAsync();
            }
        }
    }

    private async Task CarryAsync(CommandId id)
    {
        if (await FindAsync(id) is not { } command)
        {
            return;
        }

        var filter = Filter;
        var parcel = new Parcel(id, command.ExpiresAt);
        lock (sync)
        {
            (carried, fate) = (id, null);
        }

        CommandFate? told;
        try
        {
            told = await DeliverAsync(filter, parcel);
        }
        finally
        {
            lock (sync)
            {
                carried = default;
            }
        }

        if (told is { } known)
        {
            await ReportAsync(parcel, known.Reason);
        }
    }

    /// <summary>Writes it and waits until the client has said something, it has ended, or it is another connection's turn (null).</summary>
    private async Task<CommandFate?> DeliverAsync(CommandFilter filter, Parcel parcel)
    {
        var isWritten = false;
        while (true)
        {
            lock (sync)
            {
                if (fate is not null || !carries)
                {
                    return fate;
                }
            }

            if (await FindAsync(parcel.Id) is not { } command)
            {
                return null;
            }

            if (!isWritten)
            {
                isWritten = commands.TryPost(CommandMessage.Of(command, filter), this, parcel);
            }

            if (isWritten)
            {
                await news.Reader.ReadAsync();
            }
            else
            {
                // So many messages wait for one client and no more.
                await PauseAsync();
            }
        }
    }

    /// <summary>Makes it durable, since the client will not say it again. Goes on when the connection has ended meanwhile, but not past the command's time.</summary>
    private async Task ReportAsync(Parcel parcel, string? reason)
    {
        var route = commands.Link.Device.Route;
        if (route.Device != Key.Device)
        {
            route = await PatientlyAsync(() => Services.Directory.FindAsync(Key.District, Key.Device, CancellationToken.None));
        }

        while (route is not null && parcel.ExpiresAt > Services.Clock.GetUtcNow())
        {
            var receipt = new CommandReceipt();
            if (Services.Ingest.TryPost(route, Message(parcel.Id, reason), receipt, 0) && await receipt.Durable)
            {
                return;
            }

            await PauseAsync();
        }
    }

    private Task PauseAsync() => Task.Delay(TimeSpan.FromMilliseconds(RetryMs), Services.Clock);

    private DeviceMessage Message(CommandId id, string? reason) => new()
    {
        Device = Key.Device,
        Kind = MessageKind.CommandReceipt,
        MessageId = id.ToString(),
        ReceivedMs = Services.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
        Values = [],
        Body = reason,
    };
}
