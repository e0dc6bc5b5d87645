namespace Pingmesh.Core.Probes;

/// <summary>
/// Where a packet of a handshake was lost, as far as the kernel's RTT tells it: right when one packet was lost; of
/// several losses in one handshake it names one. The numbers are those of the upload format.
/// </summary>
public enum LossDirection : byte
{
    /// <summary>Nothing was lost, or it does not show.</summary>
    Unknown = 0,

    /// <summary>On the way to the peer: the SYN.</summary>
    Forward = 1,

    /// <summary>On the way back: the SYN-ACK.</summary>
    Return = 2,
}
