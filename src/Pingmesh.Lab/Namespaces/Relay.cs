using Pingmesh.Probing;

namespace Pingmesh.Lab.Namespaces;

/// <summary>
/// Holds up what leaves by interfaces of namespaces, on kernels without netem: what would leave is sent into a TAP device,
/// kept here for its time, and put on the interface past its queues. Runs until it is told to stop, then lets packets leave
/// at once again.
/// </summary>
public sealed class Relay
{
    /// <summary>What it prints when it has begun.</summary>
    public const string Ready = "ready";

    private readonly TimeSpan delay;
    private readonly TimeSpan jitter;

    /// <summary>A relay.</summary>
    /// <param name="delay">Time that each packet is held up.</param>
    /// <param name="jitter">By how much that varies, up and down, evenly; packets keep their order.</param>
    public Relay(TimeSpan delay, TimeSpan jitter)
    {
        this.delay = delay;
        this.jitter = jitter;
    }

    /// <summary>Runs.</summary>
    /// <param name="interfaces">Namespaces by path, each with its interfaces.</param>
    /// <param name="ready">Called when all is set up.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="LabException">An interface cannot be held up; says which and why.</exception>
    public void Run(IReadOnlyList<(string Space, IReadOnlyList<string> Names)> interfaces, Action ready, CancellationToken stop)
    {
        var lines = new List<DelayLine>();
        var undo = new List<(NetworkSpace Space, string Name)>();
        try
        {
            foreach (var (path, names) in interfaces)
            {
                var space = NetworkSpace.Open(path);
                foreach (var name in names)
                {
                    undo.Add((space, name));
                    lines.Add(space.Run(() => Divert(name, lines.Count)));
                }
            }

            var threads = lines.Select(line => new Thread(() => line.Run(stop)) { IsBackground = true, Name = line.Interface }).ToList();
            foreach (var thread in threads) thread.Start();
            ready();
            foreach (var thread in threads) thread.Join();
        }
        finally
        {
            foreach (var (space, name) in undo) space.Run(() => Tool.Try("tc", ["qdisc", "del", "dev", name, "clsact"]));
            foreach (var line in lines) line.Dispose();
        }
    }

    private DelayLine Divert(string name, int number)
    {
        // Programs that are started on a thread of the namespace are in it too.
        var line = DelayLine.Open(name, $"pmd{Environment.ProcessId}-{number}", delay, jitter);
        Tool.Run("ip", ["link", "set", line.Tap, "up"]);
        Tool.Run("tc", ["qdisc", "add", "dev", name, "clsact"]);
        Tool.Run("tc", ["filter", "add", "dev", name, "egress", "protocol", "all", "u32", "match", "u32", "0", "0", "action", "mirred", "egress", "redirect", "dev", line.Tap]);
        return line;
    }
}
