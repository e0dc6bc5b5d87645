using FsCheck;
using FsCheck.Fluent;

namespace Pingmesh.UnitTests.Core;

/// <summary>Checks a statement on many generated values, the same ones in every run.</summary>
internal static class Property
{
    public static void Holds<T>(Gen<T> values, Action<T> statement, int times = 100) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(times).WithReplay(20150817, 1),
            Prop.ForAll(Arb.From(values), statement));

    /// <summary>A source of randomness for values that are easier to draw by hand.</summary>
    public static Gen<Random> Randoms { get; } = Gen.Choose(0, int.MaxValue).Select(seed => new Random(seed));
}
