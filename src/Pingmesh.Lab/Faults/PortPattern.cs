namespace Pingmesh.Lab.Faults;

/// <summary>Source ports: a range, or those whose remainder by a power of two is a certain one.</summary>
/// <param name="First">First port of the range; the remainder when there is a modulus.</param>
/// <param name="Last">Last port of the range.</param>
/// <param name="Modulus">A power of two; 0 for a range.</param>
public sealed record PortPattern(int First, int Last, int Modulus)
{
    /// <summary>Whether it holds a port.</summary>
    public bool Holds(int port) => Modulus > 0 ? port % Modulus == First : port >= First && port <= Last;

    /// <summary>Reads <c>41000-41999</c>, <c>41000</c> or <c>mod 8 = 4</c>; null when it is neither.</summary>
    public static PortPattern? Parse(string text)
    {
        var parts = text.Replace(" ", "", StringComparison.Ordinal).Split('=', '-');
        if (parts[0].StartsWith("mod", StringComparison.Ordinal))
        {
            return parts.Length == 2 && int.TryParse(parts[0][3..], out var modulus) && int.TryParse(parts[1], out var remainder)
                && modulus is >= 2 and <= 32_768 && (modulus & (modulus - 1)) == 0 && remainder >= 0 && remainder < modulus
                ? new PortPattern(remainder, remainder, modulus)
                : null;
        }

        if (!ushort.TryParse(parts[0], out var first) || parts.Length > 2) return null;
        if (parts.Length == 1) return new PortPattern(first, first, 0);
        return ushort.TryParse(parts[1], out var last) && last >= first ? new PortPattern(first, last, 0) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => Modulus > 0 ? $"mod {Modulus} = {First}" : First == Last ? $"{First}" : $"{First}-{Last}";
}
