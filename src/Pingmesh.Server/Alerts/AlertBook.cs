namespace Pingmesh.Server.Alerts;

/// <summary>Alerts from their beginning to a while after their end. Not thread-safe.</summary>
internal sealed class AlertBook
{
    // As long as Prometheus repeats it: a receiver that was away may still hear that something is over.
    private static readonly TimeSpan ResolvedFor = TimeSpan.FromMinutes(15);

    private Dictionary<string, Alert> firing;
    private List<Alert> resolved;

    /// <summary>A book that goes on with what was written before a restart.</summary>
    public AlertBook(IEnumerable<Alert> before)
    {
        var all = before.ToList();
        firing = all.Where(alert => alert.State == AlertState.Firing).ToDictionary(alert => alert.Fingerprint, StringComparer.Ordinal);
        resolved = [.. all.Where(alert => alert.State == AlertState.Resolved)];
    }

    /// <summary>All alerts it holds.</summary>
    public IEnumerable<Alert> All => firing.Values.Concat(resolved);

    /// <summary>Takes in what holds now; returns whether anything but an annotation changed.</summary>
    /// <param name="now">The time.</param>
    /// <param name="current">What holds, by fingerprint.</param>
    /// <param name="ended">Why what does not hold does not.</param>
    public bool Update(DateTimeOffset now, IReadOnlyDictionary<string, Alert> current, IReadOnlyDictionary<string, string> ended)
    {
        var changed = current.Keys.Any(fingerprint => !firing.ContainsKey(fingerprint));
        foreach (var (fingerprint, known) in firing)
        {
            // To a receiver that knows alerts by their labels, an alert with other labels is another one: the first one is over.
            var stays = current.TryGetValue(fingerprint, out var alert);
            if (stays && alert!.LabelText == known.LabelText) continue;
            changed = true;
            var annotations = new SortedDictionary<string, string>(known.Annotations.ToDictionary(), StringComparer.Ordinal)
            {
                [AlertTexts.Ended] = stays ? "its labels have changed" : ended.GetValueOrDefault(fingerprint, "it does not hold any more"),
            };
            resolved.Add(known with { EndsAt = now, Annotations = annotations });
        }

        changed |= resolved.RemoveAll(alert => now - alert.EndsAt > ResolvedFor) > 0;
        firing = current.ToDictionary(
            one => one.Key,
            one => firing.TryGetValue(one.Key, out var known) && known.StartsAt < one.Value.StartsAt ? one.Value with { StartsAt = known.StartsAt } : one.Value,
            StringComparer.Ordinal);
        return changed;
    }

    /// <summary>All alerts of this moment.</summary>
    public AlertPicture Picture(DateTimeOffset now, bool isAlive) => new(now, firing, [.. resolved], isAlive);
}
