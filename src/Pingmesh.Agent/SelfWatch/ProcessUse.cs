using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace Pingmesh.Agent.SelfWatch;

/// <summary>What the process has used.</summary>
/// <param name="CpuTime">CPU time since it started.</param>
/// <param name="ResidentBytes">Resident memory.</param>
public readonly record struct ProcessUse(TimeSpan CpuTime, long ResidentBytes)
{
    // Kept open: it is read every second.
    private static readonly Lazy<SafeFileHandle> Statm = new(() => File.OpenHandle("/proc/self/statm"));

    /// <summary>What this process has used until now.</summary>
    /// <exception cref="IOException">The kernel does not show the process its memory.</exception>
    public static ProcessUse Read() => new(Environment.CpuUsage.TotalTime, ReadResident());

    private static long ReadResident()
    {
        // proc(5): size, then resident pages.
        Span<byte> text = stackalloc byte[128];
        text = text[..RandomAccess.Read(Statm.Value, text, 0)];
        text = text[(text.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(text, out long pages, out _) ? pages * Environment.SystemPageSize : throw new IOException("/proc/self/statm holds no numbers");
    }
}
