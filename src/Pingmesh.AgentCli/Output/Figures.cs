using System.Globalization;

namespace Pingmesh.AgentCli.Output;

/// <summary>Numbers as people read them.</summary>
internal static class Figures
{
    /// <summary>Microseconds below a millisecond, milliseconds above; a dash for none.</summary>
    public static string Rtt(double? microseconds) => microseconds switch
    {
        null => "-",
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{microseconds:F0} us"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1000:F2} ms"),
    };

    /// <summary>A rate such as 1.3e-05; a dash for none.</summary>
    public static string Rate(double? rate) => rate switch
    {
        null => "-",
        0 => "0",
        _ => rate.Value.ToString("0.0e-00", CultureInfo.InvariantCulture),
    };

    /// <summary>A count.</summary>
    public static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);
}
