namespace Pingmesh.Cli.Demo;

/// <summary>The network that a demo's hosts are on.</summary>
internal interface IDemoNetwork : IAsyncDisposable
{
    /// <summary>What it is, for the greeting.</summary>
    string Description { get; }

    /// <summary>What can be done with it, for the greeting: lines of a heading and commands.</summary>
    IReadOnlyList<(string Heading, string Command)> Offers { get; }

    /// <summary>Makes it.</summary>
    /// <param name="folder">Folder for files.</param>
    /// <returns>The server's arguments for its topology and mesh.</returns>
    Task<IReadOnlyList<string>> UpAsync(string folder);

    /// <summary>The command lines of the agents, without the server's address.</summary>
    /// <param name="hosts">The hosts of the topology.</param>
    Task<IReadOnlyList<(string Role, IReadOnlyList<string> Arguments)>> AgentCommandsAsync(IEnumerable<string> hosts);

    /// <summary>Told of the processes once they run.</summary>
    Task StartedAsync(int port, IReadOnlyList<(string Role, int Id, string Log)> processes);
}
