using System.CommandLine;
using System.Runtime.InteropServices;

namespace Pingmesh.AgentCli.Running;

/// <summary>Turns SIGINT (Ctrl-C) and SIGTERM into a cancellation, so that a command ends in order.</summary>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly PosixSignalRegistration interrupt;
    private readonly PosixSignalRegistration terminate;

    /// <param name="ignoreInterrupt">Leaves Ctrl-C to the parent, which gets it too.</param>
    public Signals(bool ignoreInterrupt = false)
    {
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Handle(context, ignoreInterrupt));
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Handle(context, ignore: false));
    }

    /// <summary>The hidden flag that marks a child.</summary>
    public static Option<bool> UnderParentOption() => new("--under-parent") { Hidden = true, Description = "Stop when standard input ends." };

    public CancellationToken Token => stop.Token;

    /// <summary>
    /// Stops also when standard input ends: a parent that holds the other end of the pipe takes its children along,
    /// even when it is killed.
    /// </summary>
    public void StopWithStandardInput() =>
        _ = Task.Run(async () =>
        {
            var buffer = new byte[256];
            await using var input = Console.OpenStandardInput();
            while (await input.ReadAsync(buffer) > 0)
            {
            }

            await stop.CancelAsync();
        });

    /// <summary>Waits for a signal.</summary>
    public Task WaitAsync()
    {
        var signalled = new TaskCompletionSource();
        stop.Token.Register(signalled.SetResult);
        return signalled.Task;
    }

    public void Dispose()
    {
        interrupt.Dispose();
        terminate.Dispose();
        stop.Dispose();
    }

    private void Handle(PosixSignalContext context, bool ignore)
    {
        context.Cancel = true;
        if (!ignore) stop.Cancel();
    }
}
