using Pingmesh.Analysis.Noise;
using Pingmesh.Analysis.Slas;

namespace Pingmesh.Analysis.Verdicts;

/// <summary>The answer to "is it the network?".</summary>
public enum VerdictAnswer
{
    /// <summary>It is the network.</summary>
    Network,

    /// <summary>It is a host, or its own link.</summary>
    Host,

    /// <summary>It is neither: latency and loss are as they should be.</summary>
    NotTheNetwork,

    /// <summary>There are too few probes to say.</summary>
    NotEnoughData,
}

/// <summary>Names of answers as they are shown.</summary>
public static class VerdictAnswers
{
    private static readonly string[] Names = ["network", "host", "not the network", "not enough data"];

    /// <summary>The name, such as <c>not the network</c>.</summary>
    public static string Name(this VerdictAnswer answer) => Names[(int)answer];
}

/// <summary>A host that the trouble is laid on.</summary>
/// <param name="Host">Its name.</param>
/// <param name="Figures">What it measured in the time.</param>
/// <param name="Noise">When it was in trouble by its own word.</param>
public sealed record SuspectHost(string Host, SlaFigures Figures, HostNoiseResult Noise);

/// <summary>Pairs of hosts, and how many of them are affected.</summary>
/// <param name="Count">Ordered pairs with an end in the scope.</param>
/// <param name="Affected">Those with significantly more than 1 % of lost or slow probes.</param>
/// <param name="OfHosts">Hosts of the scope whose pairs were looked at.</param>
/// <param name="Hosts">Hosts of the scope.</param>
public sealed record AffectedPairs(int Count, int Affected, int OfHosts, int Hosts);

/// <summary>A verdict with its evidence.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Words">Why, sentence by sentence.</param>
/// <param name="Comparison">The figures behind it.</param>
/// <param name="Pairs">Which share of host pairs is affected; null when nothing is wrong.</param>
/// <param name="Suspects">The hosts it is laid on; empty unless the answer is <see cref="VerdictAnswer.Host"/>.</param>
public sealed record Verdict(
    VerdictAnswer Answer, IReadOnlyList<string> Words, Comparison Comparison, AffectedPairs? Pairs, IReadOnlyList<SuspectHost> Suspects);
