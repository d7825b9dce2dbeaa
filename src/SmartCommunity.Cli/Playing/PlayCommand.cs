using System.CommandLine;
using SmartCommunity.Cli.Looking;
using SmartCommunity.Cli.Mappings;

namespace SmartCommunity.Cli.Playing;

/// <summary><c>sc demo play</c>: a day of the demo district over real MQTT, or a CSV file.</summary>
internal sealed class PlayCommand
{
    private readonly Option<string?> readings = new("--readings") { Description = "Replay this CSV of measurements instead", HelpName = "FILE" };
    private readonly Option<string?> reports = new("--reports") { Description = "Replay this CSV of people's reports instead", HelpName = "FILE" };

    private readonly Option<string?> mapping = new("--mapping")
    {
        Description = $"How its rows become messages: a JSON file, or {string.Join(" or ", MappingFile.BuiltIn)}",
        HelpName = "FILE",
    };

    private readonly Option<bool> create = new("--create-devices") { Description = "Create profile and devices of the mapping when missing; renew tokens not known here" };
    private readonly Option<string?> credentials = new("--credentials") { Description = "Where tokens of a replay are kept (default data/replay-DISTRICT.csv)", HelpName = "FILE" };
    private readonly Option<string?> mount = new("--mount") { Description = "Mount devices of a replay here: buildings/ID or cells/CODE", HelpName = "MOUNT" };
    private readonly Option<int> speed = Listing.Whole("--speed", "Simulated seconds a second", DayPlay.SpeedDefault, 1, DayPlay.SpeedMax);
    private readonly Option<int> hours = Listing.Whole("--hours", "Simulated hours, the last one ends now", DayPlay.HoursDefault, 1, DayPlay.HoursMax);
    private readonly Option<int> seed = Listing.Whole("--seed", "Another seed, another day", 1, 0, int.MaxValue);
    private readonly Option<int> devices = Listing.Whole("--devices", "Devices that speak, one connection each", DayPlay.DevicesDefault, 1, PublishPool.DevicesMax);
    private readonly Option<int> every = Listing.Whole("--every", "Simulated seconds between two measurements of a device", DayPlay.EverySecondsDefault, 1, 86_400);

    private PlayCommand()
    {
    }

    public static Command Build(Shell shell) => new PlayCommand().BuildOn(shell);

    private Command BuildOn(Shell shell)
    {
        var play = new Command("play", "Publishes a plausible day of the demo district over MQTT, or replays a CSV file")
        {
            speed, hours, seed, devices, every, readings, reports, mapping, create, credentials, mount,
        };
        return shell.Runs(play, (session, parsed, cancellation) => (parsed.GetValue(readings) ?? parsed.GetValue(reports)) is { } file
            ? PlayFileAsync(session, parsed, file, cancellation)
            : PlayDayAsync(session, parsed, cancellation));
    }

    private Task<int> PlayDayAsync(Session session, ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(mapping) is not null)
        {
            throw CliFailure.Usage("--mapping belongs to a file.", "Add --readings FILE or --reports FILE.");
        }

        var plan = new DayPlan(parsed.GetValue(speed), parsed.GetValue(hours), parsed.GetValue(seed), parsed.GetValue(devices), parsed.GetValue(every));
        return new DayPlay(session, plan).RunAsync(cancellation);
    }

    private Task<int> PlayFileAsync(Session session, ParseResult parsed, string file, CancellationToken cancellation)
    {
        if (parsed.GetValue(readings) is not null && parsed.GetValue(reports) is not null)
        {
            throw CliFailure.Usage("--readings and --reports exclude each other.", "Run the command twice.");
        }

        var name = parsed.GetValue(mapping) ?? throw CliFailure.Usage(
            "A file needs a mapping.",
            $"Add --mapping with a JSON file or one of: {string.Join(", ", MappingFile.BuiltIn)}.");
        var rows = MappingFile.Open(name, session.Around.Folder);
        if (rows.Readings is null != parsed.GetValue(readings) is null)
        {
            throw CliFailure.Usage($"The mapping {rows.Name} is for {(rows.Readings is null ? "--reports" : "--readings")}.", "Use the other option or another mapping.");
        }

        var tokens = parsed.GetValue(credentials) is { } path
            ? session.PathOf(path)
            : Path.Combine(session.Settings.DataFolder ?? session.PathOf("data"), $"replay-{session.Settings.RequiredDistrict}.csv");
        return new FilePlay(session, session.PathOf(file), rows, tokens, parsed.GetValue(create), parsed.GetValue(mount)).RunAsync(cancellation);
    }
}
