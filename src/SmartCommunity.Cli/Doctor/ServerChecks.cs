using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace SmartCommunity.Cli.Doctor;

/// <summary>Looks at the server, its ports and the clocks.</summary>
internal static class ServerChecks
{
    private const double SkewMsMax = 2_000;
    private const double SkewMsGood = 500;
    private static readonly TimeSpan WebSocketTimeout = TimeSpan.FromSeconds(3);

    private static readonly (string Key, string Default)[] Ports =
        [("Ports:Http", "8080"), ("Ports:Grpc", "8081"), ("Ports:Mqtt", "1883"), ("Ports:Silo", "11111"), ("Ports:Gateway", "30000")];

    public static async Task<IEnumerable<Finding>> RunAsync(Patient patient, CancellationToken cancellation) =>
        [.. Server(patient), .. await PortsAsync(patient, cancellation), .. await WebSocketAsync(patient, cancellation), .. Skew(patient), await SynchronizedAsync(cancellation)];

    private static IEnumerable<Finding> Server(Patient patient)
    {
        var address = patient.Session.Settings.Grpc;
        if (patient.Status is not { } status)
        {
            yield return patient.StatusFault switch
            {
                "no-key" => new("server", Grade.Skipped, new("server.no-key", address), new("server.give-key")),
                "refused" => new("server", Grade.Fault, new("server.refused", address), new("server.give-key")),
                _ => new("server", Grade.Warning, new("server.down", address), new("server.start")),
            };
            yield break;
        }

        yield return new("server", Grade.Good, new("server.up", address, status.ProductVersion));
        var own = typeof(ServerChecks).Assembly.GetName().Version!.ToString(3);
        yield return own == status.ProductVersion
            ? new("version", Grade.Good, new("version.same", own), Figure: own)
            : new("version", Grade.Fault, new("version.other", own, status.ProductVersion), new("version.update", status.ProductVersion), own);
        yield return status.StoreTrouble.Length == 0
            ? new("store", Grade.Good, new("store.well", status.Position), Figure: status.Position)
            : new("store", Grade.Fault, new("store.trouble", status.StoreTrouble), new("store.look", $"http://{address.Host}:{patient.Option("Ports:Http") ?? "8080"}"));
    }

    private static async Task<IEnumerable<Finding>> PortsAsync(Patient patient, CancellationToken cancellation)
    {
        var findings = new List<Finding>();
        foreach (var (key, port) in Ports.Select(p => (p.Key, int.Parse(patient.Option(p.Key) ?? p.Default, CultureInfo.InvariantCulture))))
        {
            if (port == 0)
            {
                continue;
            }

            var isOpen = await IsOpenAsync(port, cancellation);
            findings.Add((isOpen, IsOurs(patient, key, port)) switch
            {
                (true, true) => new("port", Grade.Good, new("port.ours", port, key), Figure: port),
                (true, false) => new("port", Grade.Fault, new("port.taken", port, key), new("port.who", port), port),
                (false, false) => new("port", Grade.Good, new("port.free", port, key), Figure: port),
                (false, true) => new("port", Grade.Fault, new("port.closed", port, key), new("port.who", port), port),
            });
        }

        return findings;
    }

    /// <summary>A server that answers at the very gRPC port of the options has the others as well.</summary>
    private static bool IsOurs(Patient patient, string key, int port) => patient.IsUp
        && (key == "Ports:Grpc" ? patient.Session.Settings.Grpc.Port == port : patient.Session.Settings.Grpc.Port.ToString(CultureInfo.InvariantCulture) == (patient.Option("Ports:Grpc") ?? "8081"));

    private static async Task<bool> IsOpenAsync(int port, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Whether devices reach MQTT through WebSocket; asked only where the server's options say its port.</summary>
    private static async Task<IEnumerable<Finding>> WebSocketAsync(Patient patient, CancellationToken cancellation)
    {
        const string Key = "Ports:Http";
        if (!int.TryParse(patient.Option(Key), CultureInfo.InvariantCulture, out var port) || port == 0 || !IsOurs(patient, Key, port))
        {
            return [];
        }

        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"ws://{patient.Session.Settings.Grpc.Host}:{port}/mqtt"));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(WebSocketTimeout);
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        try
        {
            await socket.ConnectAsync(address, patience.Token);
            return [new("websocket", Grade.Good, new("websocket.open", address))];
        }
        catch (Exception failure) when (failure is WebSocketException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return [new("websocket", Grade.Fault, new("websocket.closed", address), new("store.look", $"http://{address.Authority}"))];
        }
    }

    private static IEnumerable<Finding> Skew(Patient patient)
    {
        if (patient.Status is null)
        {
            yield break;
        }

        var ms = Math.Round(Math.Abs(patient.ClockSkew.TotalMilliseconds));
        yield return ms <= SkewMsGood
            ? new("clock-skew", Grade.Good, new("clock.skew-good", ms), Figure: ms)
            : new("clock-skew", ms <= SkewMsMax ? Grade.Warning : Grade.Fault, new("clock.skew-bad", ms), new("clock.set"), ms);
    }

    private static async Task<Finding> SynchronizedAsync(CancellationToken cancellation) =>
        await Tool.FirstLineAsync("timedatectl", ["show", "-p", "NTPSynchronized", "--value"], cancellation) switch
        {
            "yes" => new("clock-ntp", Grade.Good, new("clock.synchronized")),
            "no" => new("clock-ntp", Grade.Warning, new("clock.free"), new("clock.set")),
            _ => new("clock-ntp", Grade.Skipped, new("clock.unknown")),
        };
}

/// <summary>Asks a command of the machine.</summary>
internal static class Tool
{
    /// <summary>The first line it prints; null when it is not there or fails.</summary>
    public static async Task<string?> FirstLineAsync(string name, string[] arguments, CancellationToken cancellation)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
            var output = await process!.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0 ? output.Trim().Split('\n')[0].Trim() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
