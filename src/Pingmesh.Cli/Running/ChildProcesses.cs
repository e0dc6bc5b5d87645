using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Pingmesh.Cli.Running;

/// <summary>
/// Processes of this program that run under another one: they stop on SIGTERM, and when their standard input ends,
/// so that none is left behind however the parent ends. Their output goes to a file.
/// </summary>
internal sealed partial class ChildProcesses : IAsyncDisposable
{
    private const int SigTerm = 15;

    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(15);

    private readonly List<(Process Process, Task Output)> children = [];

    /// <summary>Starts this program once more.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="log">File for its output.</param>
    public Process Start(IEnumerable<string> arguments, string log)
    {
        var start = new ProcessStartInfo(ThisProgram.Command[0])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };

        foreach (var argument in ThisProgram.Command.Skip(1).Concat(arguments)) start.ArgumentList.Add(argument);
        start.ArgumentList.Add("--under-parent");
        var process = Process.Start(start)!;
        children.Add((process, CopyAsync(process, log)));
        return process;
    }

    /// <summary>Asks a child to stop and waits for it; kills it when it does not.</summary>
    public static async Task StopAsync(Process process)
    {
        if (!process.HasExited) _ = Kill(process.Id, SigTerm);
        using var limit = new CancellationTokenSource(StopTime);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>Stops all children, the last one started first.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var (process, output) in Enumerable.Reverse(children))
        {
            await StopAsync(process);
            await output;
            process.Dispose();
        }

        children.Clear();
    }

    private static async Task CopyAsync(Process process, string log)
    {
        await using var file = new FileStream(log, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        await using var writer = TextWriter.Synchronized(new StreamWriter(file) { AutoFlush = true });
        await Task.WhenAll(CopyAsync(process.StandardOutput, writer), CopyAsync(process.StandardError, writer));
    }

    private static async Task CopyAsync(StreamReader from, TextWriter to)
    {
        while (await from.ReadLineAsync() is { } line) await to.WriteLineAsync(line);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
