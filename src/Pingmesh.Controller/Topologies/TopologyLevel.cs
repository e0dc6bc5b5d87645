namespace Pingmesh.Controller.Topologies;

/// <summary>The levels of a topology file, outermost first. The numbers index <see cref="ExpansionScope"/>.</summary>
internal enum TopologyLevel
{
    Dc = 0,
    Podset = 1,
    Pod = 2,
    Host = 3,
}

/// <summary>The words of the levels.</summary>
internal static class TopologyLevels
{
    private static readonly string[] Names = ["dc", "podset", "pod", "host"];

    public static string Word(this TopologyLevel level) => Names[(int)level];

    public static TopologyLevel? Find(string word) => Array.IndexOf(Names, word) is >= 0 and var i ? (TopologyLevel)i : null;
}
