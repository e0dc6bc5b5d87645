namespace Pingmesh.Probing.Datagrams;

/// <summary>The bytes that fill packets up to the size asked for, such that bytes that are changed or missing show.</summary>
internal static class Padding
{
    private static readonly byte[] Pattern = [.. Enumerable.Range(0, 65_536).Select(i => (byte)((i * 167) + (i >> 8)))];

    public static void Fill(Span<byte> to) => Pattern.AsSpan(0, to.Length).CopyTo(to);

    public static bool IsWhole(ReadOnlySpan<byte> padding, int skipped = 0) =>
        padding[skipped..].SequenceEqual(Pattern.AsSpan(skipped, padding.Length - skipped));
}
