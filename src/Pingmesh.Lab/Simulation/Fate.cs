namespace Pingmesh.Lab.Simulation;

/// <summary>What became of a packet.</summary>
/// <param name="HasArrived">Whether it arrived.</param>
/// <param name="IsRefused">Whether a switch said that there is no way.</param>
/// <param name="DelayMicroseconds">What faults held it up for.</param>
internal readonly record struct Fate(bool HasArrived, bool IsRefused, double DelayMicroseconds)
{
    public static Fate Lost => new(false, false, 0);

    public static Fate Refused => new(false, true, 0);

    public static Fate Arrives(double delay) => new(true, false, delay);
}
