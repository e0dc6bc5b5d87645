namespace Pingmesh.Core.Probes;

/// <summary>Where the first lost packet of a handshake was lost. The numbers are those of the upload format.</summary>
public enum LossDirection : byte
{
    /// <summary>Nothing was lost, or it does not show.</summary>
    Unknown = 0,

    /// <summary>On the way to the peer: the SYN.</summary>
    Forward = 1,

    /// <summary>On the way back: the SYN-ACK.</summary>
    Return = 2,
}
