namespace Pingmesh.Lab.Simulation;

/// <summary>
/// How a healthy data center is: the distributions and drop rates of the paper's five (sections 4.1 and 4.2, figure 4,
/// table 1). Where the paper is silent (the tails within pods, the middle of data centers but DC1, the tails of DC3 to DC5),
/// the nearest that it gives is taken.
/// </summary>
/// <param name="Name">The paper's name for it.</param>
/// <param name="IntraPod">RTTs within a pod.</param>
/// <param name="InterPod">RTTs between pods.</param>
/// <param name="Payload">RTTs of an echoed payload between pods.</param>
/// <param name="IntraPodDrops">Share of handshakes that lose a packet, within a pod.</param>
/// <param name="InterPodDrops">The same between pods.</param>
internal sealed record DcProfile(string Name, LatencyCurve IntraPod, LatencyCurve InterPod, LatencyCurve Payload, double IntraPodDrops, double InterPodDrops)
{
    // RTTs go up and down with the load by this share of their mean, with the peak in the evening.
    private const double Swing = 0.15;
    private const double PeakHour = 20;
    private const int Steps = 24;

    /// <summary>Time that a packet to another data center and its answer need on the way, microseconds.</summary>
    public const double InterDcMicroseconds = 20_000;

    /// <summary>The paper's data centers, DC1 to DC5.</summary>
    public static IReadOnlyList<DcProfile> Paper { get; } =
    [
        Make("DC1", 23_350, 1_397_630, 1.31e-5, 7.55e-5),
        Make("DC2", 11_070, 105_840, 2.10e-5, 7.63e-5),
        Make("DC3", 11_070, 105_840, 9.58e-6, 4.00e-5),
        Make("DC4", 11_070, 105_840, 1.52e-5, 5.32e-5),
        Make("DC5", 11_070, 105_840, 9.82e-6, 1.54e-5),
    ];

    /// <summary>What RTTs are multiplied by at a time, from the load of its hour.</summary>
    public static double LoadAt(long unixSeconds) => LoadAtHour(unixSeconds % 86_400 / 3_600.0);

    private static double LoadAtHour(double hour) => 1 + (Swing * Math.Cos((hour - PeakHour) / 24 * 2 * Math.PI));

    private static DcProfile Make(string name, double p999, double p9999, double intraPodDrops, double interPodDrops)
    {
        var factors = Enumerable.Range(0, Steps).Select(step => LoadAtHour((step + 0.5) * 24 / Steps)).ToList();
        return new DcProfile(
            name,
            LatencyCurve.Under(new LatencyCurve((0, 60), (0.5, 216), (0.99, 1_260), (0.999, p999), (0.9999, p9999)), factors),
            LatencyCurve.Under(new LatencyCurve((0, 90), (0.5, 268), (0.99, 1_340), (0.999, p999), (0.9999, p9999)), factors),
            LatencyCurve.Under(new LatencyCurve((0, 110), (0.5, 326), (0.99, 2_430), (0.999, p999), (0.9999, p9999)), factors),
            intraPodDrops,
            interPodDrops);
    }
}
