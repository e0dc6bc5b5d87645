using Pingmesh.Analysis.Detection;
using Pingmesh.Core.Probes;

namespace Pingmesh.Analysis.Localisation;

/// <summary>Which flows of a suspicion are looked at closely: a fair sample, of as many different pairs as there are.</summary>
internal sealed record FlowChoice(IReadOnlyList<FlowSample> Bad, IReadOnlyList<FlowSample> Good)
{
    private const int MostBad = 48;
    private const int MostGood = 64;
    private const int MostOfPair = 3;

    /// <summary>Chooses among what is remembered.</summary>
    /// <param name="view">What is remembered.</param>
    /// <param name="suspicion">The suspicion.</param>
    /// <param name="isExplained">Whether the trouble of a pair in a window has another cause.</param>
    /// <param name="known">Flows that have been looked at before: seen twice, chance would count twice.</param>
    public static FlowChoice Of(ProbeMemoryView view, Suspicion suspicion, Func<int, int, long, bool> isExplained, HashSet<(int, int, ushort, ushort)> known)
    {
        var since = (suspicion.Since - 10) * 1_000_000;
        return new FlowChoice(
            Diverse(view.Bad.Where(sample => sample.At >= since && Fits(sample) && sample.IsBad(suspicion.Signal, view.Fleet.SpanOf(sample.Source, sample.Target))
                && !isExplained(sample.Source, sample.Target, sample.At / 10_000_000 * 10)), MostBad),
            Diverse(view.Good.Where(Fits), MostGood));

        bool Fits(FlowSample sample) =>
            HasPorts(sample.Series.Kind) && sample.SourcePort != 0 && !known.Contains(sample.Tuple) && Plane.Of(sample.Series) == suspicion.Plane && suspicion.Place.Carries(view.Fleet, sample.Source, sample.Target);
    }

    /// <summary>Whether probes of a kind can be traced: those with ports that ECMP hashes.</summary>
    public static bool HasPorts(ProbeKind kind) => kind is ProbeKind.Tcp or ProbeKind.TcpPayload or ProbeKind.Udp;

    // Spreads flows as chance would, the same each time.
    private static ulong Mix(FlowSample sample)
    {
        var z = (((ulong)sample.Source << 40) ^ ((ulong)sample.Target << 16) ^ sample.SourcePort) + 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    private static List<FlowSample> Diverse(IEnumerable<FlowSample> samples, int most)
    {
        var ofPair = new Dictionary<(int, int), int>();
        var ofHost = new Dictionary<int, int>();
        var chosen = new List<FlowSample>();
        var rest = new List<FlowSample>();

        // Neither the newest nor the first: agents upload in some order, and hosts of one number probe each other.
        foreach (var sample in samples.OrderBy(sample => Mix(sample)))
        {
            var pair = (sample.Source, sample.Target);
            if (ofPair.GetValueOrDefault(pair) >= MostOfPair) continue;
            ofPair[pair] = ofPair.GetValueOrDefault(pair) + 1;

            // Agents answer few orders at a time, so that several are better asked.
            if (ofHost.GetValueOrDefault(sample.Source) >= 4)
            {
                if (rest.Count < most) rest.Add(sample);
                continue;
            }

            ofHost[sample.Source] = ofHost.GetValueOrDefault(sample.Source) + 1;
            chosen.Add(sample);
            if (chosen.Count == most) return chosen;
        }

        chosen.AddRange(rest.Take(most - chosen.Count));
        return chosen;
    }
}
