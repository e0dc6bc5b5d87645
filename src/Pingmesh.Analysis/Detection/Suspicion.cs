namespace Pingmesh.Analysis.Detection;

/// <summary>A place where significantly more probes are in trouble than usual.</summary>
/// <param name="Plane">Which probes.</param>
/// <param name="Signal">What trouble.</param>
/// <param name="Place">Where.</param>
/// <param name="Probes">Probes through the place in the window.</param>
/// <param name="Bad">Those in trouble that nothing else explains.</param>
/// <param name="Failed">Those of them that got no answer.</param>
/// <param name="Usual">The share in trouble that is usual there.</param>
/// <param name="Score">How much likelier the window is with trouble there than without, as natural logarithm, less what trying many places costs.</param>
/// <param name="Pairs">Host pairs in trouble.</param>
/// <param name="Since">Start of the first window with trouble, Unix seconds.</param>
internal sealed record Suspicion(Plane Plane, Signal Signal, Place Place, long Probes, long Bad, long Failed, double Usual, double Score, int Pairs, long Since)
{
    /// <summary>The share in trouble.</summary>
    public double Rate => Probes == 0 ? 0 : (double)Bad / Probes;
}
