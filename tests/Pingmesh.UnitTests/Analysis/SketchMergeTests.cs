using FsCheck;
using FsCheck.Fluent;
using Pingmesh.Core.Sketches;

namespace Pingmesh.UnitTests.Analysis;

public class SketchMergeTests
{
    [Fact]
    public void Merged_sketch_is_that_of_all_values_and_leaves_the_other_alone()
    {
        var values = Gen.ArrayOf(Gen.ArrayOf(Gen.Choose(1, 2_000_000)));
        Prop.ForAll(values.ToArbitrary(), parts =>
        {
            var merged = new Sketch();
            var direct = new Sketch();
            foreach (var part in parts)
            {
                var sketch = new Sketch();
                foreach (var value in part)
                {
                    sketch.Record(value);
                    direct.Record(value);
                }

                var before = (sketch.Indexes.ToArray(), sketch.Populations.ToArray());
                merged.Merge(sketch);
                merged.Merge(new Sketch());
                Assert.Equal(before.Item1, sketch.Indexes);
                Assert.Equal(before.Item2, sketch.Populations);

                // What follows on the merged one must not reach into the other either.
                if (merged.Count > 0) merged.Add(merged.Indexes[0], 1);
                if (direct.Count > 0) direct.Add(direct.Indexes[0], 1);
                Assert.Equal(before.Item2, sketch.Populations);
            }

            Assert.Equal(direct.Count, merged.Count);
            Assert.Equal(direct.Indexes, merged.Indexes);
            Assert.Equal(direct.Populations, merged.Populations);
        }).QuickCheckThrowOnFailure();
    }
}
