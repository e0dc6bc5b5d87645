using System.Globalization;
using Pingmesh.Analysis.Slas;
using Pingmesh.Core.Probes;
using Pingmesh.Store;

namespace Pingmesh.Analysis.Selections;

/// <summary>
/// Which probes are meant, in a line of text: a subject, then any of <c>kind</c>, <c>class</c>, <c>qos</c> and
/// <c>side</c>, such as <c>dc1,class=intra-pod</c>. A subject is <c>all</c>, a host, <c>dc1</c>, <c>dc1/ps1</c>,
/// <c>dc1/ps1/pod1</c>, <c>host1+host2</c>, <c>service:search</c>, or two of these joined by <c>-&gt;</c>: the probes from the first to the second.
/// </summary>
/// <param name="Text">The text as it was written.</param>
/// <param name="Source">The subject, or the first one of two.</param>
/// <param name="Target">The second subject; null when there is one only.</param>
/// <param name="Side">As which end of the probes a single subject counts.</param>
/// <param name="Series">The only series meant.</param>
public sealed record Selection(string Text, Subject Source, Subject? Target = null, SlaSide Side = SlaSide.Source, SeriesFilter Series = default)
{
    /// <summary>Reads a selection.</summary>
    /// <exception cref="FormatException">It is none; says what helps.</exception>
    public static Selection Parse(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var arrow = parts[0].IndexOf("->", StringComparison.Ordinal);
        var selection = arrow < 0
            ? new Selection(text, Subject.Parse(parts[0]))
            : new Selection(text, Subject.Parse(parts[0][..arrow].Trim()), Subject.Parse(parts[0][(arrow + 2)..].Trim()));
        return parts.Skip(1).Aggregate(selection, (soFar, part) => soFar.With(part));
    }

    private Selection With(string part)
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        var (key, value) = equals < 0 ? (part, "") : (part[..equals].Trim(), part[(equals + 1)..].Trim());
        switch (key)
        {
            case "side" when Target is null && value is "source" or "target":
                return this with { Side = value == "source" ? SlaSide.Source : SlaSide.Target };
            case "side":
                throw new FormatException(Target is null ? $"'{part}': side is source or target" : $"'{part}': two subjects are source and target already; leave it out");
            case "kind":
                return this with { Series = Series with { Kind = SeriesText.Kind(value) } };
            case "class":
                return this with { Series = Series with { Class = SeriesText.Class(value) } };
            case "qos":
                return this with { Series = Series with { Dscp = SeriesText.Dscp(value) } };
            default:
                throw new FormatException($"'{part}' is not known; write kind=, class=, qos= or side=");
        }
    }
}

/// <summary>Reads the parts of a <see cref="SeriesFilter"/>.</summary>
public static class SeriesText
{
    /// <summary>A kind by its name.</summary>
    /// <exception cref="FormatException">There is none of that name.</exception>
    public static ProbeKind Kind(string name) => ProbeNames.FindKind(name)
        ?? throw new FormatException($"'{name}' is no kind of probe; kinds are {string.Join(", ", Enum.GetValues<ProbeKind>().Select(kind => kind.Name()))}");

    /// <summary>A class by its name.</summary>
    /// <exception cref="FormatException">There is none of that name.</exception>
    public static ProbeClass Class(string name)
    {
        foreach (var one in Enum.GetValues<ProbeClass>())
        {
            if (one.Name() == name) return one;
        }

        throw new FormatException($"'{name}' is no class of probes; classes are {string.Join(", ", Enum.GetValues<ProbeClass>().Select(one => one.Name()))}");
    }

    /// <summary>A QoS as DSCP.</summary>
    /// <exception cref="FormatException">It is no number from 0 to 63.</exception>
    public static byte Dscp(string text) => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var dscp) && dscp < 64
        ? dscp
        : throw new FormatException($"'{text}' is no QoS; it is a DSCP, 0 to 63");
}
