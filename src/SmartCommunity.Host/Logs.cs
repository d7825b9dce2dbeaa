using SmartCommunity.Host.Settings;

namespace SmartCommunity.Host;

internal static class Logs
{
    /// <summary>One line an entry to standard output, times in UTC. Secrets are never handed to a logger.</summary>
    public static void Configure(ILoggingBuilder logging, LogSettings settings)
    {
        logging.ClearProviders();
        if (settings.Format == "json")
        {
            logging.AddJsonConsole(o => (o.UseUtcTimestamp, o.TimestampFormat) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        }
        else
        {
            logging.AddSimpleConsole(o => (o.SingleLine, o.UseUtcTimestamp, o.TimestampFormat) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ "));
        }
    }
}
