using Pingmesh.Core.Probes;

namespace Pingmesh.Analysis.Slas;

/// <summary>A group of an SLA as one number: series, and up to two scopes by their number (at most a million each).</summary>
internal static class ScopeGroup
{
    private const int ScopeBits = 20;
    private const ulong ScopeMask = (1UL << ScopeBits) - 1;

    public static ulong Of(SeriesKey? series, ulong scope, ulong target = 0) =>
        ((ulong)(series?.Code ?? 0) << (2 * ScopeBits)) | (scope << ScopeBits) | target;

    public static int Scope(ulong group) => (int)((group >> ScopeBits) & ScopeMask);

    public static int Target(ulong group) => (int)(group & ScopeMask);

    public static SeriesKey? Series(ulong group) => group >> (2 * ScopeBits) is > 0 and var code ? SeriesKey.FromCode((int)code) : null;
}
