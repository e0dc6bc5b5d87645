namespace Pingmesh.Analysis.Detection;

/// <summary>The smallest scope that holds both ends of a probe, and so how high its packets climb.</summary>
internal enum Span
{
    /// <summary>One pod: over its ToR.</summary>
    Pod = 0,

    /// <summary>One podset: over a leaf.</summary>
    Podset = 1,

    /// <summary>One data center: over a spine.</summary>
    Dc = 2,

    /// <summary>Two data centers: over borders.</summary>
    Dcs = 3,
}
