using Pingmesh.Core.Probes;

namespace Pingmesh.Agent.Schedule;

/// <summary>
/// Whether a five-tuple that failed fails each time: after a time-out, and once a fresh source port has passed, the peer's next probes take the old port again, up to
/// three in a row or until one passes. They come in place of ordinary probes, so that no limit is touched. Where the fresh port fails too it is the peer or all ways to
/// it, of which the port tells nothing, and no ordinary probe is given up for it. Used by one thread; a target has one probe under way at a time.
/// </summary>
public sealed class Confirmation
{
    /// <summary>Most probes of a five-tuple on end, after the one that failed.</summary>
    public const int Most = 3;

    private ushort suspect;
    private byte tried;
    private byte underWay;
    private bool othersPass;
    private bool othersFail;

    /// <summary>The source port of the next probe; 0 for an ordinary one.</summary>
    public ushort Next()
    {
        underWay = suspect != 0 && othersPass ? (byte)(tried + 1) : (byte)0;
        return underWay > 0 ? suspect : (ushort)0;
    }

    /// <summary>Takes what became of the probe under way.</summary>
    /// <returns>How many times its five-tuple had been tried before, if it was a confirmation; 0 for an ordinary probe.</returns>
    public byte Conclude(in ProbeOutcome outcome)
    {
        var was = underWay;
        underWay = 0;
        var failed = outcome.Error == ProbeError.Timeout;
        if (was > 0)
        {
            tried = was;
            if (!failed || was == Most) Forget();
            return was;
        }

        if (outcome.Succeeded)
        {
            othersPass = suspect != 0;
            othersFail = false;
        }
        else if (failed && suspect == 0 && !othersFail && outcome.SourcePort != 0)
        {
            suspect = outcome.SourcePort;
        }
        else
        {
            Forget();
            othersFail = failed;
        }

        return 0;
    }

    private void Forget() => (suspect, tried, othersPass) = (0, 0, false);
}
