namespace Pingmesh.Core.Probes;

/// <summary>What a probe does. The numbers are those of the upload format.</summary>
public enum ProbeKind : byte
{
    /// <summary>TCP connect; RTT is the kernel's time from SYN to SYN-ACK.</summary>
    Tcp = 1,
}
