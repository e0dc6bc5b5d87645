namespace Pingmesh.Probing.Datagrams;

/// <summary>An answer, as far as it is told from its bytes.</summary>
internal readonly record struct DatagramAnswer
{
    /// <summary>Bytes of a packet that tell whose it is; an error that quotes fewer tells its probe by the address alone.</summary>
    public const int FewestQuoted = 8;

    /// <summary>Place of the probe in the table.</summary>
    public int Slot { get; init; }

    /// <summary>Which of the probes that had this place.</summary>
    public uint Generation { get; init; }

    /// <summary>When the peer received the request, by its clock, Unix nanoseconds; 0 when it does not say.</summary>
    public long ReceivedThere { get; init; }

    /// <summary>When the peer sent the answer, by its clock, Unix nanoseconds; 0 when it does not say.</summary>
    public long SentThere { get; init; }

    /// <summary>Whether other bytes came than were sent.</summary>
    public bool IsBad { get; init; }
}
