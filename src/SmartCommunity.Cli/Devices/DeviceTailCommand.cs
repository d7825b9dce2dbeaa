using System.CommandLine;
using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using SmartCommunity.Cli.Looking;
using SmartCommunity.Cli.Watching;
using SmartCommunity.V1;

namespace SmartCommunity.Cli.Devices;

/// <summary><c>sc device tail ID</c>: waits, then says of each message what became of it.</summary>
internal static class DeviceTailCommand
{
    private static readonly EventKind[] Kinds = [EventKind.Telemetry, EventKind.Report, EventKind.DeviceEvent, EventKind.Quarantine];

    public static Command Build(Shell shell)
    {
        var id = new Argument<string>("ID") { Description = "The device" };
        var limit = Listing.Whole("--limit", "End after this many messages", int.MaxValue, 1, int.MaxValue);
        var cursor = new Option<string?>("--cursor") { Description = "Begin after this cursor instead of now", HelpName = "CURSOR" };
        return shell.Runs(new Command("tail", "Waits for a device's messages and says what became of each; ends with Ctrl+C") { id, limit, cursor }, async (session, parsed, cancellation) =>
        {
            var server = session.Server;
            var device = (await server.CallAsync(o => server.Devices.GetDeviceAsync(new() { Name = server.DeviceName(parsed.GetValue(id)!) }, o), cancellation)).Device;
            var isWaiting = false;
            var left = parsed.GetValue(limit);
            var lost = Losses.Tell(session.Results, "the server went away; what it acknowledged is kept");
            await foreach (var response in server.Client.WatchBatchesAsync("", Kinds, parsed.GetValue(cursor) ?? "", lost, cancellation))
            {
                // Said only now that the server answered: what is published from here on is seen.
                if (!isWaiting)
                {
                    isWaiting = true;
                    session.Results.Remark($"waiting for messages of {device.Name}; Ctrl+C ends");
                }

                foreach (var fate in MessageFate.Of(response.Events, device.Name))
                {
                    Show(session, fate);
                    if (--left <= 0)
                    {
                        return ExitCode.Ok;
                    }
                }
            }

            return ExitCode.Ok;
        });
    }

    private static void Show(Session session, MessageFate fate)
    {
        var age = session.Clock.GetUtcNow() - fate.ReceivedAt;
        session.Results.Item(() => ToJson(fate), () => fate.ToText(age), fate.Fate == "stored" ? "green" : "fuchsia");
    }

    private static JsonObject ToJson(MessageFate fate) => new()
    {
        ["device"] = fate.Device,
        ["fate"] = fate.Fate,
        ["kind"] = fate.Kind,
        ["messageId"] = fate.MessageId,
        ["receiveTime"] = Listing.Instant(Timestamp.FromDateTimeOffset(fate.ReceivedAt)),
        ["values"] = new JsonObject(fate.Values.Select(v => KeyValuePair.Create(v.Metric, (JsonNode?)JsonValue.Create(v.Value)))),
        ["reason"] = fate.Reason,
        ["field"] = fate.Field,
        ["rule"] = fate.Rule,
        ["wayOut"] = fate.WayOut,
    };
}
