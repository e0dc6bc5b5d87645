namespace Pingmesh.Core.Yaml;

/// <summary>Finds what a mistyped word was meant to be.</summary>
public static class NearestKey
{
    /// <summary>
    /// The candidate with the fewest insertions, deletions, substitutions and swaps of neighbours away from
    /// <paramref name="word"/>, case apart; null when even that one shares too little with it to be a likely typing error.
    /// </summary>
    public static string? Of(string word, IEnumerable<string> candidates)
    {
        string? nearest = null;
        var least = int.MaxValue;
        foreach (var candidate in candidates)
        {
            // A word of a thousand letters is no typing error of a key; do not spend quadratic time on it.
            if (Math.Abs(candidate.Length - word.Length) > candidate.Length) continue;
            var distance = Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance > Math.Max(1, Math.Max(word.Length, candidate.Length) / 2) || distance >= least) continue;
            least = distance;
            nearest = candidate;
        }

        return nearest;
    }

    // Optimal string alignment, by rows of the usual table.
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) table[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) table[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(substitution, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }

        return table[a.Length, b.Length];
    }
}
