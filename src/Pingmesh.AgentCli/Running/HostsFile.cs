using Pingmesh.Core.Topologies;

namespace Pingmesh.AgentCli.Running;

/// <summary>The hosts that a file names: one a line, empty lines and what follows '#' apart. Followed while it changes.</summary>
internal sealed class HostsFile(string path)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    private string content = "";

    /// <summary>Reads it.</summary>
    /// <exception cref="FailedException">It cannot be read, or names a host twice or wrongly; says where.</exception>
    public IReadOnlyList<string> Read()
    {
        try
        {
            content = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FailedException($"the file of hosts {path} cannot be read: {error.Message}");
        }

        return Parse(content);
    }

    /// <summary>Waits until it names other hosts than when it was read last, and gives them. Contents that are wrong are told once and passed over.</summary>
    public async Task<IReadOnlyList<string>> ChangedAsync(Action<string> problem, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Poll);
        var before = content;
        var told = "";
        while (await timer.WaitForNextTickAsync(cancel))
        {
            try
            {
                var hosts = Read();
                if (content != before) return hosts;
            }
            catch (FailedException error)
            {
                if (error.Message != told) problem(error.Message);
                told = error.Message;
            }
        }

        throw new OperationCanceledException(cancel);
    }

    private List<string> Parse(string text)
    {
        var hosts = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var host = line.Split('#', 2)[0].Trim();
            if (host.Length == 0) continue;
            if (!ScopeName.IsValid(host)) throw new FailedException($"{path}:{number}: '{host}' is no name of a host: {ScopeName.Rule}");
            if (!seen.Add(host)) throw new FailedException($"{path}:{number}: host '{host}' stands there twice");
            hosts.Add(host);
        }

        return hosts;
    }
}
