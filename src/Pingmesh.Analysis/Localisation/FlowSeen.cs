using Pingmesh.Analysis.Detection;

namespace Pingmesh.Analysis.Localisation;

/// <summary>A flow and its path in both directions, as far as traces saw it.</summary>
/// <param name="Sample">The flow.</param>
/// <param name="IsBad">Whether it was in trouble.</param>
/// <param name="There">The way to the target; null where it was not traced.</param>
/// <param name="Back">The way back; null where it was not traced.</param>
internal sealed record FlowSeen(FlowSample Sample, bool IsBad, PathSeen? There, PathSeen? Back)
{
    /// <summary>Whether it was sent by a test, of a pair in trouble: no fair sample of what goes where.</summary>
    public bool IsOfTest { get; init; }

    /// <summary>Whether it was sent before the trouble began: it tells where flows go, not what passes.</summary>
    public bool IsBefore { get; init; }
}
