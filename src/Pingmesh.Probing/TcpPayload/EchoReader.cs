using Pingmesh.Core;
using Pingmesh.Core.Probes;
using Pingmesh.Probing.Datagrams;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.TcpPayload;

/// <summary>Writes payloads and reads their echoes, without waiting. One buffer serves all probes of a prober.</summary>
internal sealed unsafe class EchoReader
{
    private const int ControlBytes = 128;

    private readonly byte[] payload = GC.AllocateUninitializedArray<byte>(HardLimits.MaxPayloadBytes, pinned: true);
    private readonly byte[] buffer = GC.AllocateUninitializedArray<byte>(HardLimits.MaxPayloadBytes, pinned: true);

    public EchoReader()
    {
        // Begins unlike any request; no run of equal bytes, so that bytes that are lost or changed places show.
        for (var i = 0; i < payload.Length; i++) payload[i] = (byte)((i * 167) + (i >> 8) + 0x50);
    }

    /// <summary>Sends what is not sent yet, and takes what has come back.</summary>
    /// <returns>Why the probe has failed, or <see cref="ProbeError.None"/>.</returns>
    public ProbeError Exchange(ref PendingEcho probe)
    {
        while (probe.Written < probe.Bytes)
        {
            fixed (byte* from = &payload[probe.Written])
            {
                var sent = (int)Native.Send(probe.Socket.Descriptor, from, (nuint)(probe.Bytes - probe.Written), Native.MsgNoSignal | Native.MsgDontWait);
                if (sent < 0)
                {
                    if (Native.LastError() is Errno.Again or Errno.Interrupted) break;
                    return ErrorOf(Native.LastError());
                }

                probe.Written += sent;
            }
        }

        while (probe.Received < probe.Bytes)
        {
            var read = Receive(probe.Socket.Descriptor, probe.Bytes - probe.Received, ref probe.Stamp);
            if (read == 0) return ProbeError.Closed;
            if (read < 0) return -read is Errno.Again or Errno.Interrupted ? ProbeError.None : ErrorOf(-read);
            if (!buffer.AsSpan(0, read).SequenceEqual(payload.AsSpan(probe.Received, read))) return ProbeError.BadAnswer;
            probe.Received += read;
        }

        return ProbeError.None;
    }

    private static ProbeError ErrorOf(int errno) => errno == Errno.BrokenPipe ? ProbeError.Reset : Errno.ToProbeError(errno);

    private int Receive(int descriptor, int most, ref long stamp)
    {
        var control = stackalloc byte[ControlBytes];
        fixed (byte* to = &buffer[0])
        {
            var vector = new Native.IoVector { Base = to, Length = (nuint)most };
            var message = new Native.MessageHeader { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = ControlBytes };
            var read = (int)Native.ReceiveMessage(descriptor, &message, Native.MsgDontWait);
            if (read < 0) return -Native.LastError();
            var walk = new ControlMessages(new ReadOnlySpan<byte>(control, (int)message.ControlLength));
            while (walk.Next())
            {
                if (walk.Level == Native.SolSocket && walk.Type == Native.SoTimestampNanoseconds) stamp = ControlMessages.Nanoseconds(walk.Data);
            }

            return read;
        }
    }
}
