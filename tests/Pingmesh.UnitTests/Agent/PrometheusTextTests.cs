using Pingmesh.Core.Exposition;

namespace Pingmesh.UnitTests.Agent;

public class PrometheusTextTests
{
    [Fact]
    public void Labels_and_help_are_escaped_and_read_back_the_same()
    {
        const string Nasty = "a\"b\\n\n,}= \\";
        var text = new PrometheusText()
            .Gauge("m", "one \\ line\nand another").Value(1, ("first", Nasty), ("second", ""))
            .ToString();
        Assert.Equal("# HELP m one \\\\ line\\nand another\n# TYPE m gauge\nm{first=\"a\\\"b\\\\n\\n,}= \\\\\",second=\"\"} 1\n", text);
        Assert.Equal(Nasty, Assert.Single(PrometheusSample.Parse(text)).Labels["first"]);
    }

    [Fact]
    public void Numbers_are_written_in_full_and_specials_as_the_format_has_them()
    {
        var text = new PrometheusText().Gauge("m", "h")
            .Value(double.PositiveInfinity).ToString();
        Assert.EndsWith("m +Inf\n", text, StringComparison.Ordinal);
        Assert.EndsWith("m -Inf\n", new PrometheusText().Gauge("m", "h").Value(double.NegativeInfinity).ToString(), StringComparison.Ordinal);
        Assert.EndsWith("m NaN\n", new PrometheusText().Gauge("m", "h").Value(double.NaN).ToString(), StringComparison.Ordinal);
        foreach (var value in (double[])[0, -0.1, 1e-9, 123456789012345, 1e300])
            Assert.Equal(value, Assert.Single(PrometheusSample.Parse(new PrometheusText().Gauge("m", "h").Value(value).ToString())).Value);
    }

    [Theory]
    [InlineData("m 1\n")]
    [InlineData("# HELP m h\n# TYPE m gauge\nm 1")]
    [InlineData("# HELP m h\n# TYPE m counter\nm 1\n")]
    [InlineData("# HELP m h\n# TYPE m gauge\nother 1\n")]
    [InlineData("# HELP m h\n# TYPE m gauge\nm{a=\"x} 1\n")]
    [InlineData("# HELP m h\n# TYPE m gauge\nm{a=\"1\"} 1\nm{a=\"1\"} 2\n")]
    [InlineData("# HELP m h\n# TYPE m gauge\nm one\n")]
    public void Checker_of_these_tests_refuses_what_is_not_the_format(string text) =>
        Assert.Throws<FormatException>(() => PrometheusSample.Parse(text));
}
