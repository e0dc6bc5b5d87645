using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing;

/// <summary>
/// A network namespace (network_namespaces(7)) that sockets are made in. A socket belongs to the namespace of the thread
/// that made it for good, so one process can probe and answer in many.
/// </summary>
public sealed class NetworkSpace : IDisposable
{
    private const int CloneNewNet = 0x40000000;

    private readonly SafeFileHandle handle;

    private NetworkSpace(string path, SafeFileHandle handle)
    {
        Path = path;
        this.handle = handle;
    }

    /// <summary>The file that stands for it, such as <c>/run/netns/NAME</c>.</summary>
    public string Path { get; }

    /// <summary>Opens a namespace, and sees that it can be entered.</summary>
    /// <exception cref="IOException">There is none at the path, or it may not be entered; says why.</exception>
    public static NetworkSpace Open(string path)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"network namespace {path} cannot be opened: {error.Message}", error);
        }

        var space = new NetworkSpace(path, handle);
        try
        {
            return space.Run(() => space);
        }
        catch
        {
            space.Dispose();
            throw;
        }
    }

    /// <summary>Moves the calling thread into it, for as long as the thread lives; not for threads of a pool.</summary>
    /// <exception cref="IOException">It may not be entered; says why.</exception>
    public void Enter()
    {
        if (Native.SetNamespace((int)handle.DangerousGetHandle(), CloneNewNet) != 0)
            throw new IOException($"network namespace {Path} cannot be entered: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Does work on a thread of its own in the namespace, and waits for it. Its errors come through.</summary>
    public T Run<T>(Func<T> work)
    {
        var result = default(T);
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result = work();
            }
#pragma warning disable CA1031 // It is thrown again on the caller's thread.
            catch (Exception error)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        }) { IsBackground = true, Name = "netns" };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    /// <summary>Does work in <paramref name="space"/>, or where the caller is when there is none.</summary>
    public static T In<T>(NetworkSpace? space, Func<T> work) => space is null ? work() : space.Run(work);

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();
}
