using System.Globalization;
using System.Text.RegularExpressions;

namespace Pingmesh.Agent.Upload;

/// <summary>
/// Batches on disk that could not be uploaded, one file each, oldest first. Bounded: the oldest are dropped to make
/// room, and every drop is counted. Not thread-safe.
/// </summary>
public sealed partial class Spool
{
    private readonly string folder;
    private readonly long limit;
    private readonly LinkedList<SpooledBatch> batches = [];

    /// <summary>Opens the spool, and finds what an earlier run left in it.</summary>
    /// <param name="folder">The folder; made if it is not there.</param>
    /// <param name="limit">Most bytes in it.</param>
    /// <exception cref="IOException">The folder cannot be made or read.</exception>
    /// <exception cref="UnauthorizedAccessException">No permission.</exception>
    public Spool(string folder, long limit)
    {
        this.folder = folder;
        this.limit = limit;
        Directory.CreateDirectory(folder);
        foreach (var path in Directory.EnumerateFiles(folder, "*.batch.tmp")) File.Delete(path);
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            if (FileName().Match(Path.GetFileName(path)) is not { Success: true } match) continue;
            var probes = long.Parse(match.Groups["probes"].ValueSpan, CultureInfo.InvariantCulture);
            Add(new SpooledBatch(path, new FileInfo(path).Length, probes));
        }
    }

    /// <summary>Batches held.</summary>
    public int Count => batches.Count;

    /// <summary>Bytes held.</summary>
    public long Bytes { get; private set; }

    /// <summary>Batches dropped because there was no room, since the start.</summary>
    public long LostBatches { get; private set; }

    /// <summary>Probes in those batches.</summary>
    public long LostProbes { get; private set; }

    /// <summary>The batch next in age to another; the oldest after the youngest, and after none or one that is not held; null when there is none.</summary>
    public SpooledBatch? After(SpooledBatch? batch) => ((batch is null ? null : batches.Find(batch)?.Next) ?? batches.First)?.Value;

    /// <summary>Writes a batch to the spool. Where that fails (a full disk), the batch is lost and counted.</summary>
    /// <param name="id">Orders the files: older batches have smaller ones.</param>
    /// <param name="bytes">What would have been uploaded.</param>
    /// <param name="probes">How many probes are in it.</param>
    /// <returns>Null, or why the batch could not be written.</returns>
    public string? Write(BatchId id, ReadOnlySpan<byte> bytes, long probes)
    {
        if (bytes.Length > limit)
        {
            Lose(probes);
            return $"a batch of {bytes.Length} bytes is larger than the whole spool may be";
        }

        while (Bytes + bytes.Length > limit) DropOldest();
        var path = Path.Combine(folder, $"{id.CreatedUnixMicroseconds:D17}-{id.Epoch:x16}-{id.Sequence:D10}-{probes}.batch");
        var temporary = path + ".tmp";
        try
        {
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Lose(probes);
            TryDelete(temporary);
            return error.Message;
        }

        Add(new SpooledBatch(path, bytes.Length, probes));
        return null;
    }

    /// <summary>Reads a spooled batch; null when its file cannot be read any more, in which case it is lost and counted.</summary>
    public byte[]? Read(SpooledBatch batch)
    {
        try
        {
            return File.ReadAllBytes(batch.Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Lose(batch.Probes);
            Remove(batch);
            return null;
        }
    }

    /// <summary>Takes a batch off the spool, because it is uploaded or will never be.</summary>
    public void Remove(SpooledBatch batch)
    {
        if (!batches.Remove(batch)) return;
        Bytes -= batch.Bytes;
        TryDelete(batch.Path);
    }

    [GeneratedRegex(@"^\d{17}-[0-9a-f]{16}-\d{10}-(?<probes>\d{1,10})\.batch$", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is found again at the next start, and sent again: a batch that comes twice counts once.
        }
    }

    private void Add(SpooledBatch batch)
    {
        batches.AddLast(batch);
        Bytes += batch.Bytes;
    }

    private void DropOldest()
    {
        var oldest = batches.First!.Value;
        Lose(oldest.Probes);
        Remove(oldest);
    }

    private void Lose(long probes)
    {
        LostBatches++;
        LostProbes += probes;
    }
}

/// <summary>A batch on disk.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Probes">How many probes are in it.</param>
public sealed record SpooledBatch(string Path, long Bytes, long Probes);

/// <summary>What names a batch in the spool.</summary>
/// <param name="CreatedUnixMicroseconds">When it was made.</param>
/// <param name="Epoch">The run of the agent that made it.</param>
/// <param name="Sequence">Its number within the run.</param>
public readonly record struct BatchId(long CreatedUnixMicroseconds, ulong Epoch, ulong Sequence);
