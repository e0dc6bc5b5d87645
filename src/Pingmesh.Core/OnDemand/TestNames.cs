namespace Pingmesh.Core.OnDemand;

/// <summary>The names of tests as users and documents write them.</summary>
public static class TestNames
{
    private static readonly string[] Kinds = ["", "ping", "trace"];

    /// <summary>The name of a kind of test.</summary>
    public static string Name(this TestKind kind) => Kinds[(int)kind];

    /// <summary>The kind of test of that name, or null.</summary>
    public static TestKind? FindTest(string name) => Array.IndexOf(Kinds, name) is > 0 and var i ? (TestKind)i : null;
}
