using Pingmesh.Analysis.Heatmaps;
using Pingmesh.Analysis.Patterns;

namespace Pingmesh.UnitTests.Analysis;

/// <summary>Patterns of generated matrices, with cells that are bad by chance, well by chance, and missing.</summary>
public class PatternClassifierTests
{
    private const int Seeds = 60;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.02, 0.1)]
    [InlineData(0.1, 0)]
    public void Healthy_matrix_with_noise_has_no_pattern(double noise, double missing) => Each(seed =>
    {
        var pattern = Make(seed, noise, missing, (_, _) => CellState.Green);
        Assert.Equal(PatternKind.Normal, pattern.Kind);
        Assert.InRange(pattern.Confidence, 1 - (2 * noise) - 0.01, 1);
    });

    [Theory]
    [InlineData("dc1/ps2/pod3", PatternKind.Failure)]
    [InlineData("dc1/ps2", PatternKind.Failure)]
    [InlineData("dc1/ps2/pod3", PatternKind.Outgoing)]
    [InlineData("dc1/ps2", PatternKind.Outgoing)]
    [InlineData("dc1/ps2/pod3", PatternKind.Incoming)]
    [InlineData("dc1/ps2", PatternKind.Incoming)]
    public void Fault_of_a_scope_is_told_with_its_direction(string scope, PatternKind kind) => Each(seed =>
    {
        var pattern = Make(seed, 0.02, 0.05, (from, to) =>
        {
            var (leaves, enters) = (IsIn(from, scope) && !IsIn(to, scope), !IsIn(from, scope) && IsIn(to, scope));
            var within = from != to && IsIn(from, scope) && IsIn(to, scope);
            return (kind == PatternKind.Failure && (leaves || enters || within)) || (kind == PatternKind.Outgoing && leaves) || (kind == PatternKind.Incoming && enters)
                ? CellState.Red
                : CellState.Green;
        });
        Assert.Equal((kind, scope), (pattern.Kind, Assert.Single(pattern.Findings).Scopes.Single()));
        Assert.InRange(pattern.Confidence, 0.6, 1);
    });

    [Fact]
    public void Loss_that_turns_only_two_thirds_of_the_cells_red_is_still_told() => Each(seed =>
    {
        var random = new Random(seed);
        var pattern = Make(seed, 0.02, 0.05, (from, to) => Podset(from) != Podset(to) && random.NextDouble() < 0.67 ? CellState.Red : CellState.Green);
        Assert.Equal((PatternKind.SpineFailure, "dc1"), (pattern.Kind, Assert.Single(pattern.Findings).Scopes.Single()));
    });

    [Fact]
    public void Spine_failure_is_red_between_podsets_and_green_within() => Each(seed =>
    {
        var pattern = Make(seed, 0.02, 0.05, (from, to) => Podset(from) == Podset(to) ? CellState.Green : CellState.Red);
        Assert.Equal((PatternKind.SpineFailure, "dc1"), (pattern.Kind, Assert.Single(pattern.Findings).Scopes.Single()));
        Assert.Contains("The spine layer of dc1 is bad", pattern.Sentence, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("dc1/ps2/pod3")]
    [InlineData("dc1/ps2")]
    public void Scope_that_is_gone_is_down_and_one_whose_agents_are_silent_is_silent(string scope) => Each(seed =>
    {
        var down = Make(seed, 0.02, 0.05, (from, to) => IsIn(from, scope) ? CellState.NoData : IsIn(to, scope) ? CellState.Unreachable : CellState.Green);
        Assert.Equal((PatternKind.Down, scope), (down.Kind, Assert.Single(down.Findings).Scopes.Single()));
        Assert.Contains("is down: nothing in it measures", down.Sentence, StringComparison.Ordinal);

        var silent = Make(seed, 0.02, 0.05, (from, _) => IsIn(from, scope) ? CellState.NoData : CellState.Green);
        Assert.Equal((PatternKind.Silent, scope), (silent.Kind, Assert.Single(silent.Findings).Scopes.Single()));
    });

    [Fact]
    public void Pair_of_data_centers_that_is_bad_is_told_apart_from_their_insides() => Each(seed =>
    {
        var pattern = Make(seed, 0.02, 0.05, (from, to) => (Dc(from), Dc(to)) is ("dc1", "dc3") or ("dc3", "dc1") ? CellState.Red : CellState.Green, dcs: 3);
        Assert.Equal(PatternKind.DcPair, pattern.Kind);
        Assert.Equal(["dc1", "dc3"], Assert.Single(pattern.Findings).Scopes);
    });

    [Fact]
    public void Two_faults_at_once_are_both_told() => Each(seed =>
    {
        var pattern = Make(seed, 0.02, 0.05, (from, to) =>
            IsIn(from, "dc1/ps1/pod1") ? CellState.NoData
            : IsIn(to, "dc1/ps1/pod1") ? CellState.Unreachable
            : from != to && (IsIn(from, "dc1/ps3") || IsIn(to, "dc1/ps3")) ? CellState.Red
            : CellState.Green);
        Assert.Equal(PatternKind.Mixed, pattern.Kind);
        Assert.Equal([(PatternKind.Down, "dc1/ps1/pod1"), (PatternKind.Failure, "dc1/ps3")], pattern.Findings.Select(finding => (finding.Kind, finding.Scopes.Single())));
    });

    [Fact]
    public void Matrix_without_data_says_so()
    {
        var pattern = Make(1, 0, 1, (_, _) => CellState.Green);
        Assert.Equal(PatternKind.NotEnoughData, pattern.Kind);
        Assert.Equal("Not enough was measured to say anything.", pattern.Sentence);
    }

    [Fact]
    public void Bad_pair_of_its_own_is_no_pattern_and_is_counted()
    {
        var pattern = Make(1, 0, 0, (from, to) => from == "dc1/ps1/pod1" && to == "dc1/ps2/pod2" ? CellState.Red : CellState.Green);
        Assert.Equal((PatternKind.Normal, 1), (pattern.Kind, pattern.Unexplained));
        Assert.Equal("No pattern: 1 bad cell here and there.", pattern.Sentence);
    }

    private static void Each(Action<int> check)
    {
        for (var seed = 1; seed <= Seeds; seed++) check(seed);
    }

    // Four podsets of five pods in each data center. Noise turns cells over, either way; it leaves those alone that are not measured.
    private static Pattern Make(int seed, double noise, double missing, Func<string, string, CellState> state, int dcs = 1)
    {
        var paths = Enumerable.Range(1, dcs).SelectMany(dc => Enumerable.Range(1, 4).SelectMany(podset => Enumerable.Range(1, 5).Select(pod => $"dc{dc}/ps{podset}/pod{pod}"))).ToList();
        var random = new Random(seed);
        var matrix = new PatternMatrix(paths);
        for (var from = 0; from < paths.Count; from++)
        {
            for (var to = 0; to < paths.Count; to++)
            {
                var cell = state(paths[from], paths[to]);
                if (cell != CellState.NoData && random.NextDouble() < missing) cell = CellState.NoData;
                else if (cell is CellState.Green or CellState.Red && random.NextDouble() < noise) cell = cell == CellState.Green ? CellState.Red : CellState.Green;
                matrix.Set(from, to, cell);
            }
        }

        return PatternClassifier.Classify(matrix);
    }

    private static bool IsIn(string pod, string scope) => pod == scope || pod.StartsWith(scope + "/", StringComparison.Ordinal);

    private static string Podset(string pod) => pod[..pod.LastIndexOf('/')];

    private static string Dc(string pod) => pod.Split('/')[0];
}
