using SmartCommunity.Cli.Connections;
using SmartCommunity.Cli.Output;

namespace SmartCommunity.Cli;

/// <summary>One run of one command: where it talks to and where it writes. The server is dialled at first use.</summary>
internal sealed class Session(Surroundings around, Results results, ConnectionSettings settings, Language language) : IDisposable
{
    private Server? server;
    private Server? operatorServer;

    public Surroundings Around => around;

    public Results Results => results;

    public ConnectionSettings Settings => settings;

    public TimeProvider Clock => around.Clock;

    /// <summary>What a person reads is in this language.</summary>
    public Language Language => language;

    public Server Server => server ??= new(settings, around.Clock);

    /// <summary>The same server with the operator key.</summary>
    public Server Operator => operatorServer ??= new(settings.AsOperator, around.Clock);

    /// <summary>A path of the command line, relative to the current folder.</summary>
    public string PathOf(string path) => Path.GetFullPath(path, around.Folder);

    public void Dispose()
    {
        server?.Dispose();
        operatorServer?.Dispose();
    }
}
