using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Pingmesh.Server.Alerts.Delivery;
using Pingmesh.Server.Alerts.Messages;

namespace Pingmesh.Server.Alerts.Receivers;

/// <summary>Runs a program, without a shell, with the message as JSON on its standard input. Exit code 0 is a success.</summary>
internal sealed class CommandDelivery(IReadOnlyList<string> command, TimeSpan timeout, TimeProvider time) : IDelivery
{
    private const int MostOutput = 4_096;

    /// <inheritdoc/>
    public bool OneByOne => false;

    /// <inheritdoc/>
    public async Task<DeliveryResult> SendAsync(Notification notification, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeout);
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            return DeliveryResult.Failed($"{command[0]} cannot be started: {error.Message}");
        }

        using (process)
        {
            try
            {
                var output = Task.WhenAll(ReadAsync(process.StandardOutput, limit.Token), ReadAsync(process.StandardError, limit.Token));
                await WriteAsync(process, AlertJson.Bytes(AlertJson.Of(notification, time.GetUtcNow())), limit.Token).ConfigureAwait(false);
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
                var said = HttpPost.Short(string.Join(' ', await output.ConfigureAwait(false)));
                return process.ExitCode == 0 ? DeliveryResult.Delivered(said) : DeliveryResult.Failed($"exit code {process.ExitCode}: {said}");
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                if (cancel.IsCancellationRequested) throw;
                return DeliveryResult.Failed($"did not end within {timeout.TotalSeconds:F0} s, and was killed");
            }
        }
    }

    private static async Task WriteAsync(Process process, byte[] json, CancellationToken cancel)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(json, cancel).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A program that does not read its input may still do its work; its exit code says.
        }
    }

    // All is read, so that the program is not held up, and the beginning is kept.
    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancel)
    {
        var kept = new StringBuilder();
        var buffer = new char[MostOutput];
        int length;
        while ((length = await reader.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0) kept.Append(buffer, 0, Math.Min(length, MostOutput - kept.Length));
        return kept.ToString();
    }
}
