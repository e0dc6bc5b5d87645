using Pingmesh.Core.Topologies;

namespace Pingmesh.AgentCli.Running;

/// <summary>The hosts that a file names: one a line, empty lines and what follows '#' apart. Followed while it changes.</summary>
internal sealed class HostsFile(string path)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

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

    /// <summary>How many hosts it names; 1 when it cannot be read, which is told elsewhere.</summary>
    public static int CountIn(string path)
    {
        try
        {
            return Math.Max(1, new HostsFile(path).Read().Count);
        }
        catch (FailedException)
        {
            return 1;
        }
    }

    /// <summary>
    /// Waits until it names other hosts than when it was read last, and gives them. Contents that are wrong are told once and passed over.
    /// Only what stood there at two looks in a row counts: an editor empties a file before it fills it, and a half list would stop agents.
    /// </summary>
    public async Task<IReadOnlyList<string>> ChangedAsync(Action<string> problem, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Poll);
        var before = content;
        var seen = content;
        var told = "";
        while (await timer.WaitForNextTickAsync(cancel))
        {
            string? wrong = null;
            IReadOnlyList<string> hosts = [];
            try
            {
                hosts = Read();
            }
            catch (FailedException error)
            {
                wrong = error.Message;
            }

            var look = wrong ?? content;
            var settled = look == seen;
            seen = look;
            if (!settled) continue;
            if (wrong is null && content != before) return hosts;
            if (wrong is not null && wrong != told) problem(wrong);
            told = wrong ?? told;
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
