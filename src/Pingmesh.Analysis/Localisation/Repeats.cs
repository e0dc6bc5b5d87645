namespace Pingmesh.Analysis.Localisation;

/// <summary>What came of probing again what had failed.</summary>
/// <param name="Same">Probes with the same five-tuple.</param>
/// <param name="SameFailed">Those of them that failed.</param>
/// <param name="Fresh">Probes of the same pair with other source ports.</param>
/// <param name="FreshFailed">Those of them that failed.</param>
internal sealed record Repeats(int Same, int SameFailed, int Fresh, int FreshFailed)
{
    private const int Fewest = 3;
    private const double Always = 0.9;

    public static readonly Repeats None = new(0, 0, 0, 0);

    /// <summary>Whether what failed fails each time; null when too little was tried.</summary>
    public bool? IsDeterministic => Same < Fewest ? null : SameFailed >= Always * Same;

    /// <summary>Whether it fails with any source port.</summary>
    public bool IsOfAddresses => Fresh >= Fewest && FreshFailed >= Always * Fresh;

    public Repeats And(Repeats other) => new(Same + other.Same, SameFailed + other.SameFailed, Fresh + other.Fresh, FreshFailed + other.FreshFailed);
}
