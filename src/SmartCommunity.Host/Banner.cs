using System.Globalization;
using System.Net;
using SmartCommunity.Host.Demo;
using SmartCommunity.Host.Settings;

namespace SmartCommunity.Host;

/// <summary>What a person sees at the start; printed once everything answers. Chinese when the environment asks for it (<c>LANG=zh_CN.UTF-8</c>), else English.</summary>
internal static class Banner
{
    private static readonly string[] LanguageVariables = ["SC_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];

    public static void Print(HostSettings settings, string? demo, TimeSpan took)
    {
        foreach (var line in Lines(settings, demo, took, IsChinese(Environment.GetEnvironmentVariable)))
        {
            Console.WriteLine(line);
        }

        Console.Out.Flush();
    }

    /// <summary>The first variable that says anything decides.</summary>
    public static bool IsChinese(Func<string, string?> variable) =>
        LanguageVariables.Select(variable).FirstOrDefault(v => !string.IsNullOrEmpty(v))?.StartsWith("zh", StringComparison.OrdinalIgnoreCase) == true;

    public static IEnumerable<string> Lines(HostSettings settings, string? demo, TimeSpan took, bool chinese)
    {
        string Say(string english, string inChinese) => chinese ? inChinese : english;
        var version = typeof(Banner).Assembly.GetName().Version!.ToString(2);
        var data = Path.GetRelativePath(Environment.CurrentDirectory, settings.Store.Folder);
        var host = Host(settings.Address);
        var ports = settings.Ports;
        yield return $"SmartCommunity {version}  {Say("mode: embedded", "模式：单机")} (SQLite {data}/)   {Warning(settings, chinese)}";
        yield return $"  REST     http://{host}:{ports.Http}/v1/districts     {Say("REST docs", "接口文档")}  http://{host}:{ports.Http}/scalar";
        yield return $"  gRPC     {host}:{ports.Grpc} ({Say("reflection", "支持反射")})     MQTT  {host}:{ports.Mqtt}     ws://{host}:{ports.Http}/mqtt";
        yield return $"  {Say("Health", "健康检查")}   http://{host}:{ports.Http}/health/ready     {Say("check-up: ./dev sc doctor", "自检：./dev sc doctor")}";
        if (settings.Mqtt.OpenTopicPrefixes is { Length: > 0 } open)
        {
            yield return Say(
                $"  NOT SAFE: MQTT topics that begin with {open} are open to everybody on this machine (Mqtt:OpenTopicPrefixes)",
                $"  不安全：以 {open} 开头的 MQTT 主题对本机所有人开放（Mqtt:OpenTopicPrefixes）");
        }

        if (demo is not null)
        {
            yield return $"  {demo}     {Say("keys", "密钥")}: {Path.Combine(data, DemoEnv.FileName)}";
            yield return Say(
                "Try:  ./dev sc demo play              streams a day of events; watch them arrive with ./dev sc watch",
                "试试：./dev sc demo play              播放一天的事件；用 ./dev sc watch 看它们到达");
        }

        var seconds = took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        yield return Say($"Ready in {seconds} s. Stop with Ctrl-C.", $"{seconds} 秒后就绪。按 Ctrl-C 停止。");
    }

    /// <summary>Why this is not for production: the first reason that holds.</summary>
    private static string Warning(HostSettings settings, bool chinese) => (settings.Demo.Enabled, IPAddress.IsLoopback(settings.Address), chinese) switch
    {
        (true, _, false) => "NOT FOR PRODUCTION: demo keys lie in a file, clear text; see docs/operations.md",
        (true, _, true) => "请勿用于生产：演示密钥存于文件，明文传输；见 docs/operations.md",
        (false, false, false) => "NOT FOR PRODUCTION as it is: clear text beyond this machine; see docs/operations.md",
        (false, false, true) => "请勿直接用于生产：明文传输已超出本机；见 docs/operations.md",
        (false, true, false) => "one machine, clear text on loopback; see docs/operations.md",
        (false, true, true) => "单机运行，仅本机明文访问；见 docs/operations.md",
    };

    private static string Host(IPAddress address) =>
        IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? "localhost"
        : address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
