namespace Pingmesh.Analysis.Patterns;

/// <summary>What the picture of a heatmap says (paper, section 6.3 and figure 8).</summary>
public enum PatternKind
{
    /// <summary>Too little was measured to say anything.</summary>
    NotEnoughData,

    /// <summary>Nothing stands out.</summary>
    Normal,

    /// <summary>A scope is gone: nobody in it measures, and nobody reaches it. The white cross.</summary>
    Down,

    /// <summary>Nobody in a scope measures, but others reach it: its agents are silent, the network is not to blame.</summary>
    Silent,

    /// <summary>A scope is bad to and from all others. The red cross.</summary>
    Failure,

    /// <summary>A scope is bad to others, and others are well to it.</summary>
    Outgoing,

    /// <summary>Others are bad to a scope, and it is well to them.</summary>
    Incoming,

    /// <summary>Podsets are well within and bad to each other: the spine layer. Red with green squares along the diagonal.</summary>
    SpineFailure,

    /// <summary>Two data centers are bad to each other.</summary>
    DcPair,

    /// <summary>Several of these at once.</summary>
    Mixed,
}

/// <summary>The names of <see cref="PatternKind"/>.</summary>
public static class PatternKindNames
{
    /// <summary>The name of a kind, such as <c>spine-failure</c>.</summary>
    public static string Name(this PatternKind kind) => kind switch
    {
        PatternKind.NotEnoughData => "not-enough-data",
        PatternKind.SpineFailure => "spine-failure",
        PatternKind.DcPair => "dc-pair",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
