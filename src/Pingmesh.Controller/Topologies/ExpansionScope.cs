namespace Pingmesh.Controller.Topologies;

/// <summary>What templates may refer to at one moment of an expansion: name and number of the entry at each level.</summary>
internal sealed class ExpansionScope
{
    private readonly string[] names = new string[4];
    private readonly long[] numbers = new long[4];

    public string NameOf(TopologyLevel level) => names[(int)level];

    public long NumberOf(TopologyLevel level) => numbers[(int)level];

    public void SetName(TopologyLevel level, string name) => names[(int)level] = name;

    public void SetNumber(TopologyLevel level, long number) => numbers[(int)level] = number;
}
