using System.Globalization;
using System.Text;

namespace Pingmesh.Core.Exposition;

/// <summary>Writes metrics in the Prometheus text exposition format, version 0.0.4.</summary>
public sealed class PrometheusText
{
    /// <summary>The format's content type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder text = new();

    /// <summary>Begins a counter; its values follow.</summary>
    /// <param name="name">Name, ending in <c>_total</c>.</param>
    /// <param name="help">What it counts, one line.</param>
    public PrometheusText Counter(string name, string help) => Begin(name, help, "counter");

    /// <summary>Begins a gauge; its values follow.</summary>
    public PrometheusText Gauge(string name, string help) => Begin(name, help, "gauge");

    /// <summary>Begins a histogram; <see cref="Bucket"/> and <see cref="SumAndCount"/> follow.</summary>
    /// <param name="name">Name, without a suffix.</param>
    /// <param name="help">What it measures, one line.</param>
    public PrometheusText Histogram(string name, string help) => Begin(name, help, "histogram");

    /// <summary>A bucket of the histogram begun last: all that is at most <paramref name="bound"/>; the last one's is infinity.</summary>
    public PrometheusText Bucket(long count, double bound, params ReadOnlySpan<(string Label, string Value)> labels) =>
        Line("_bucket", count, [.. labels, ("le", Number(bound))]);

    /// <summary>The sum and count that end one histogram.</summary>
    public PrometheusText SumAndCount(double sum, long count, params ReadOnlySpan<(string Label, string Value)> labels) =>
        Line("_sum", sum, labels).Line("_count", count, labels);

    /// <summary>A value without labels of the metric begun last.</summary>
    public PrometheusText Value(double value) => Value(value, []);

    /// <summary>A value of the metric begun last.</summary>
    public PrometheusText Value(double value, params ReadOnlySpan<(string Label, string Value)> labels) => Line("", value, labels);

    private PrometheusText Line(string suffix, double value, params ReadOnlySpan<(string Label, string Value)> labels)
    {
        text.Append(current).Append(suffix);
        for (var i = 0; i < labels.Length; i++)
            text.Append(i == 0 ? '{' : ',').Append(labels[i].Label).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
        if (labels.Length > 0) text.Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
        return this;
    }

    /// <summary>All that was written.</summary>
    public override string ToString() => text.ToString();

    private string current = "";

    private PrometheusText Begin(string name, string help, string type)
    {
        current = name;
        text.Append("# HELP ").Append(name).Append(' ').Append(EscapeHelp(help)).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Escape(string value) => EscapeHelp(value).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string EscapeHelp(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
