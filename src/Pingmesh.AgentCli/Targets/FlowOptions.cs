using System.Net;
using System.Net.Sockets;

namespace Pingmesh.AgentCli.Targets;

/// <summary>What packets to a target look like on the wire, as far as it does not depend on the kind.</summary>
/// <param name="Family">The only family wanted; null for both.</param>
/// <param name="Source">Address to send from; null leaves it to the kernel.</param>
/// <param name="Dscp">DSCP, 0 to 63.</param>
/// <param name="SourcePortFrom">First source port; 0 leaves it to the kernel.</param>
/// <param name="SourcePortTo">Last source port.</param>
internal sealed record FlowOptions(AddressFamily? Family, IPAddress? Source, byte Dscp, int SourcePortFrom, int SourcePortTo);
