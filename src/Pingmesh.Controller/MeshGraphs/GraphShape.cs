namespace Pingmesh.Controller.MeshGraphs;

/// <summary>Who probes whom in a graph.</summary>
public enum GraphShape
{
    /// <summary>The paper's three levels of complete graphs: hosts of a pod, pods of a data center, data centers.</summary>
    ThreeLevels,

    /// <summary>Every host probes every other.</summary>
    Full,

    /// <summary>Some hosts of each region probe as many of every other region.</summary>
    Regions,

    /// <summary>Hosts probe what is listed: addresses, names, URLs.</summary>
    Targets,
}

/// <summary>The words of the shapes.</summary>
public static class GraphShapes
{
    /// <summary>The words, by the numbers of the shapes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["three-levels", "full", "regions", "targets"];

    /// <summary>The word of a shape.</summary>
    public static string Name(this GraphShape shape) => Names[(int)shape];
}
