using System.Diagnostics;
using System.Globalization;
using Pingmesh.Lab.Fabrics;
using Pingmesh.Lab.Faults;
using Pingmesh.Lab.Namespaces;

namespace Pingmesh.Lab.Labs;

/// <summary>
/// A data center on this machine: a fabric of network namespaces, a server outside of it, and an agent on every host. Every
/// command opens it anew from its folder; one at a time.
/// </summary>
public sealed class NetworkLab : IDisposable
{
    /// <summary>The name of a lab that is given none.</summary>
    public const string DefaultName = "lab";

    private static readonly string Mesh = $$"""
        # Made by 'pingmesh lab up'.
        graphs:
          - {name: mesh}
          - {name: payload, kind: tcp-payload, payload: 4000}
          - {name: low, dscp: 8, port: {{Core.Ports.QosResponder}}}

        """;

    private static readonly TimeSpan LockTime = TimeSpan.FromSeconds(10);

    private readonly string folder;
    private readonly FileStream ownership;
    private readonly IReadOnlyList<string> program;
    private LabSpaces? spaces;

    private NetworkLab(string name, string folder, FileStream ownership, IReadOnlyList<string> program)
    {
        Name = name;
        this.folder = folder;
        this.ownership = ownership;
        this.program = program;
        State = LabState.Read(folder);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its folder: topology, logs, data of the server.</summary>
    public string Folder => folder;

    /// <summary>What it is; null while it is not up.</summary>
    public LabState? State { get; private set; }

    /// <summary>Its mesh file: the paper's graph, and beside it one with payload and one of the second QoS class, so that faults of size and class show.</summary>
    public string MeshFile => Path.Combine(folder, "mesh.yaml");

    /// <summary>Its topology file.</summary>
    public string TopologyFile => Path.Combine(folder, "topology.yaml");

    private LabSpaces Spaces => spaces ??= new LabSpaces(Name);

    /// <summary>Whether its fabric stands: made to the end, and all of it there.</summary>
    public bool IsUp => State is { IsBuilt: true } state && Spaces.Existing().Count == state.Shape.SwitchCount + state.Shape.HostCount;

    /// <summary>Opens a lab, up or not; waits a while for another command that works on it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="program">The command line that this program is started by.</param>
    /// <exception cref="LabException">The name cannot be a lab's, its folder cannot be used, or another command works on it.</exception>
    public static async Task<NetworkLab> OpenAsync(string name, IReadOnlyList<string> program)
    {
        var folder = LabHome.FolderOf(name);
        try
        {
            Directory.CreateDirectory(LabHome.Root);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"the folder {LabHome.Root} cannot be used: {error.Message}", error);
        }

        // Beside the folder, and never removed: a lock on a file that is gone would keep nobody out.
        var path = folder + ".lock";
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new NetworkLab(name, folder, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), program);
            }
            catch (UnauthorizedAccessException error)
            {
                throw new LabException($"no permission for {path}: {error.Message}", error);
            }
            catch (IOException error) when (waited.Elapsed > LockTime || !File.Exists(path))
            {
                throw new LabException(File.Exists(path) ? $"another command works on lab '{name}'; wait for it" : $"{path} cannot be used: {error.Message}", error);
            }
            catch (IOException)
            {
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Brings the fabric up; does nothing when it is up in that shape. Leftovers of a crashed one are removed first.</summary>
    /// <returns>How long it took; null when it was up.</returns>
    /// <exception cref="LabException">It cannot be made, or is up in another shape.</exception>
    public async Task<TimeSpan?> UpAsync(FabricShape shape)
    {
        Tool.RequireAll();
        var fabric = new Fabric(shape);
        if (IsUp)
        {
            return State!.Shape == shape
                ? null
                : throw new LabException($"lab '{Name}' is up with {State.Shape}; take it down first: pingmesh lab down{Flag}");
        }

        await DownAsync();
        Directory.CreateDirectory(folder);
        var watch = Stopwatch.StartNew();
        Save(new LabState { Name = Name, Shape = shape });
        try
        {
            await File.WriteAllTextAsync(TopologyFile, FabricYaml.Write(fabric, "pingmesh lab up"));
            await File.WriteAllTextAsync(MeshFile, Mesh);
            await new FabricBuilder(fabric, Spaces).BuildAsync();
        }
        catch
        {
            await DownAsync();
            throw;
        }

        Save(State! with { IsBuilt = true });
        return watch.Elapsed;
    }

    /// <summary>Starts what does not run of server and agents, as processes that outlive this one. The fabric must be up.</summary>
    /// <param name="port">Port of the server on loopback.</param>
    /// <param name="server">Arguments of the server, beyond topology and data.</param>
    /// <param name="agent">Arguments of every agent process, the server's address among them.</param>
    public void Start(int port, IReadOnlyList<string> server, IReadOnlyList<string> agent)
    {
        Announce(port, []);
        if (!IsRunning("server")) Add("server", ["server", "--topology", TopologyFile, "--mesh", MeshFile, "--data", Path.Combine(folder, "server"), .. server]);
        foreach (var (role, arguments) in AgentCommands())
        {
            if (!IsRunning(role)) Add(role, [.. arguments, .. agent]);
        }
    }

    /// <summary>The command lines of the agents, without the server's address: one a process. Their hosts are those that no fault cuts off, always.</summary>
    public IReadOnlyList<(string Role, IReadOnlyList<string> Arguments)> AgentCommands()
    {
        var state = Require();
        var agents = new LabAgents(new Fabric(state.Shape), folder);
        agents.Follow(state.Faults);
        return agents.Commands(Spaces.Template);
    }

    /// <summary>Makes processes that others started known as the lab's, and where its server is.</summary>
    public void Announce(int port, IReadOnlyList<LabProcess> processes) =>
        Save(Require() with { Port = port, Processes = [.. State!.Processes.Where(one => one.IsRunning), .. processes] });

    /// <summary>Takes everything down, whatever is left of it.</summary>
    /// <returns>Whether there was anything.</returns>
    public async Task<bool> DownAsync()
    {
        var any = State is not null;
        foreach (var process in (State?.Processes.Reverse() ?? []).Concat(LabProcess.FindAll(folder))) await process.StopAsync();
        any |= Spaces.Existing().Count > 0;
        Spaces.RemoveAll();
        State = null;
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        return any;
    }

    /// <summary>Puts a fault in.</summary>
    /// <exception cref="LabException">It is not possible; says why.</exception>
    public async Task<Fault> AddFaultAsync(FaultKind kind, string at, FaultOptions options)
    {
        var state = Require();
        var (fabric, faults) = Faults(state);
        var fault = new Fault(string.Create(CultureInfo.InvariantCulture, $"f{state.NextFault}"), kind, at, options, DateTimeOffset.UtcNow);
        var relay = await faults.AddAsync(state.Faults, fault);
        Save(state with
        {
            Faults = [.. state.Faults, fault], NextFault = state.NextFault + 1, Processes = relay is null ? state.Processes : [.. state.Processes, relay],
        });
        new LabAgents(fabric, folder).Follow(State!.Faults);
        return fault;
    }

    /// <summary>Takes faults out.</summary>
    /// <param name="ids">Their names; empty for all.</param>
    /// <returns>Those that were taken out.</returns>
    /// <exception cref="LabException">There is no such fault.</exception>
    public async Task<IReadOnlyList<Fault>> ClearFaultsAsync(IReadOnlyList<string> ids)
    {
        var state = Require();
        if (ids.FirstOrDefault(id => state.Faults.All(fault => fault.Id != id)) is { } unknown)
            throw new LabException($"there is no fault '{unknown}'; {(state.Faults.Count == 0 ? "there are none" : $"there are {string.Join(", ", state.Faults.Select(fault => fault.Id))}")}");
        var (fabric, faults) = Faults(state);
        var gone = state.Faults.Where(fault => ids.Count == 0 || ids.Contains(fault.Id)).ToList();
        foreach (var fault in gone)
        {
            var relay = State!.Processes.FirstOrDefault(process => process.Role == $"relay-{fault.Id}");
            if (relay is not null) await relay.StopAsync();
            await faults.RemoveAsync(State.Faults, fault);
            Save(State with { Faults = [.. State.Faults.Where(one => one.Id != fault.Id)], Processes = [.. State.Processes.Where(process => process != relay)] });
        }

        new LabAgents(fabric, folder).Follow(State!.Faults);
        return gone;
    }

    /// <summary>The faults in force, each with the packets that its rules have dropped where it has rules.</summary>
    public IReadOnlyList<(Fault Fault, long? Dropped)> ListFaults()
    {
        var state = Require();
        var (_, faults) = Faults(state);
        return [.. state.Faults.Select(fault => (fault, faults.Dropped(fault)))];
    }

    /// <summary>File of the namespace of a switch or host.</summary>
    /// <exception cref="LabException">There is none of that name.</exception>
    public string SpaceOf(string node)
    {
        var fabric = new Fabric(Require().Shape);
        return Spaces.PathOf(fabric.Find(node) ?? throw new LabException($"there is no switch or host '{node}' in lab '{Name}'; 'pingmesh lab status{Flag}' lists them"));
    }

    /// <summary>The hosts that faults have cut off, by name.</summary>
    public IReadOnlyList<string> CutOff()
    {
        var state = Require();
        return [.. LabFaults.CutOff(new Fabric(state.Shape), state.Faults).Select(host => host.Name).Order(StringComparer.Ordinal)];
    }

    /// <summary>The namespaces that are there.</summary>
    public int ExistingSpaces => Spaces.Existing().Count;

    /// <inheritdoc/>
    public void Dispose() => ownership.Dispose();

    private string Flag => Name == DefaultName ? "" : $" --name {Name}";

    private LabState Require() =>
        IsUp ? State! : throw new LabException($"lab '{Name}' is not up; bring it up first: pingmesh lab up{Flag}");

    private (Fabric Fabric, LabFaults Faults) Faults(LabState state)
    {
        var fabric = new Fabric(state.Shape);
        return (fabric, new LabFaults(fabric, Spaces, new FabricBuilder(fabric, Spaces), program, folder));
    }

    private bool IsRunning(string role) => State!.Processes.Any(process => process.Role == role && process.IsRunning);

    private void Add(string role, IReadOnlyList<string> arguments)
    {
        var process = LabProcess.Start(folder, role, [.. program, .. arguments], Path.Combine(folder, role + ".log"));
        Save(State! with { Processes = [.. State.Processes.Where(one => one.Role != role), process] });
    }

    private void Save(LabState state)
    {
        State = state;
        state.Write(folder);
    }
}
