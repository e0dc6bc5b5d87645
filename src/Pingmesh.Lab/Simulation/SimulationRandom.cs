namespace Pingmesh.Lab.Simulation;

/// <summary>
/// Random numbers that depend on nothing but their seed: SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom
/// Number Generators, 2014). A value, so that each agent and window has a stream of its own whatever thread runs it.
/// </summary>
internal struct SimulationRandom
{
    private ulong state;

    /// <summary>The stream of a seed and a place in the simulation.</summary>
    public SimulationRandom(ulong seed, ulong stream) => state = Mix(seed ^ Mix(stream + 0x9E3779B97F4A7C15));

    /// <summary>The next 64 bits.</summary>
    public ulong Next() => Mix(state += 0x9E3779B97F4A7C15);

    /// <summary>The next number from 0 to below 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>The next number from 0 to below <paramref name="end"/>.</summary>
    public int Below(int end) => (int)(((UInt128)Next() * (ulong)end) >> 64);

    /// <summary>Spreads the bits of a number: the same for the same, always.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A hash of a text: the same on every machine.</summary>
    public static ulong Hash(string text) => Mix(text.Aggregate(14_695_981_039_346_656_037UL, (hash, c) => (hash ^ c) * 1_099_511_628_211UL));
}
