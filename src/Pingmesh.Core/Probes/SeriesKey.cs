namespace Pingmesh.Core.Probes;

/// <summary>What measurements must share to be merged: kind, class and QoS.</summary>
/// <param name="Kind">Kind of probe.</param>
/// <param name="Class">Class of probe.</param>
/// <param name="Dscp">QoS as DSCP, 0 to 63.</param>
public readonly record struct SeriesKey(ProbeKind Kind, ProbeClass Class, byte Dscp)
{
    /// <summary>The three as one number, for storage: kind * 65536 + class * 256 + DSCP.</summary>
    public int Code => ((int)Kind << 16) | ((int)Class << 8) | Dscp;

    /// <summary>The key of that <see cref="Code"/>.</summary>
    public static SeriesKey FromCode(int code) => new((ProbeKind)(code >> 16), (ProbeClass)((code >> 8) & 0xff), (byte)code);

    /// <summary>Whether kind, class and DSCP are ones this version knows.</summary>
    public bool IsKnown => Enum.IsDefined(Kind) && Enum.IsDefined(Class) && Dscp < 64;
}
