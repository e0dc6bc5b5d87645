using Pingmesh.Analysis.Slas;
using Pingmesh.Core.Measurements;

namespace Pingmesh.UnitTests.Analysis;

/// <summary>Comparison of figures to the last digit.</summary>
internal static class Figures
{
    public static void Equal(Measurement expected, SlaFigures actual) =>
        Equal(SlaFigures.Of(actual.Scope, actual.Target, expected), actual);

    public static void Equal(SlaFigures expected, SlaFigures actual)
    {
        Assert.Equal(expected.FailuresByError, actual.FailuresByError);
        Assert.Equal(expected, actual with { FailuresByError = expected.FailuresByError });
    }

    public static void Equal(SlaResult expected, SlaResult actual)
    {
        Assert.Equal(expected.Covered, actual.Covered);
        Assert.Equal(expected.Scopes.Count, actual.Scopes.Count);
        foreach (var (one, other) in expected.Scopes.Zip(actual.Scopes)) Equal(one, other);
    }
}
