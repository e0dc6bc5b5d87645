namespace Pingmesh.Analysis.Regressions;

/// <summary>What is usual of a scope.</summary>
/// <param name="Rtts">RTTs of the time that is compared with.</param>
/// <param name="Days">Days before, at the same time of day, that they are of; 0 for the hour before.</param>
internal sealed record Usual(SeriesRtts Rtts, int Days)
{
    /// <summary>The time that is compared with, in words.</summary>
    public string Words => Days switch
    {
        0 => "in the hour before",
        1 => "at this time of day the day before",
        _ => $"at this time of day on the {Days} days before",
    };
}
