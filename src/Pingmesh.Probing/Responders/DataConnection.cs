using System.Text;
using Pingmesh.Core;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Responders;

/// <summary>
/// One client that sends data. Its bytes are echoed, at most <see cref="HardLimits.MaxPayloadBytes"/> of them; or, when they begin
/// like an HTTP GET or HEAD, answered once. After that, and after an answer, what it still sends is thrown away until it closes.
/// </summary>
internal sealed unsafe class DataConnection
{
    private const int BufferBytes = 16 * 1024;

    // A client that sends without end must not keep the thread from the others.
    private const int StepsAtOnce = 8;

    // What is thrown away for a client before it is reset.
    private const int MaxDiscardedBytes = HardLimits.MaxPayloadBytes;

    private static readonly byte[] Answer = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 19\r\nConnection: close\r\n\r\npingmesh responder\n");

    private static readonly int AnswerHeadBytes = Answer.Length - "pingmesh responder\n".Length;

    private readonly byte[] buffer = new byte[BufferBytes];
    private Mode mode;
    private int start;
    private int end;
    private int echoLeft;
    private long echoed;
    private int answers;
    private int discarded;
    private bool clientEnded;

    private enum Mode
    {
        Unknown,
        Echo,
        Http,
        Discard,
    }

    public int Descriptor { get; private set; }

    public ulong Source { get; private set; }

    public long Began { get; private set; }

    public long LastActive { get; private set; }

    /// <summary>What to poll for: what is not written yet goes before anything is read.</summary>
    public short Wanted => Unwritten ? Native.PollOut : Native.PollIn;

    private bool Unwritten => mode is Mode.Echo or Mode.Discard && end > start;

    /// <summary>Closes a connection with a reset.</summary>
    public static void Reset(int descriptor)
    {
        var linger = new Native.Linger { On = 1, Seconds = 0 };
        _ = Native.SetOption(descriptor, Native.SolSocket, Native.SoLinger, &linger, (uint)sizeof(Native.Linger));
        _ = Native.Close(descriptor);
    }

    public void Reset() => Reset(Descriptor);

    public void Begin(int descriptor, ulong source, long now)
    {
        Descriptor = descriptor;
        Source = source;
        Began = LastActive = now;
        mode = Mode.Unknown;
        start = end = 0;
        echoLeft = HardLimits.MaxPayloadBytes;
        discarded = 0;
        clientEnded = false;
    }

    public long TakeEchoed()
    {
        var taken = echoed;
        echoed = 0;
        return taken;
    }

    public int TakeAnswers()
    {
        var taken = answers;
        answers = 0;
        return taken;
    }

    /// <summary>Reads and writes what can be without waiting.</summary>
    /// <returns>Whether the connection goes on; it is closed when it does not.</returns>
    public bool Serve(long now)
    {
        for (var step = 0; step < StepsAtOnce; step++)
        {
            if (Unwritten)
            {
                var sent = Write();
                if (sent <= 0) return sent == 0;
                LastActive = now;
                continue;
            }

            if (clientEnded) return Close();
            var read = Read();
            if (read == 0) return true;
            if (read < 0)
            {
                if (!clientEnded) return false;
                continue;
            }

            LastActive = now;
            if (mode == Mode.Discard && (discarded += read) > MaxDiscardedBytes)
            {
                Reset();
                return false;
            }

            Understand();
        }

        return true;
    }

    // The client has ended its side first, so that an orderly close leaves no TIME_WAIT here.
    private bool Close()
    {
        _ = Native.Close(Descriptor);
        return false;
    }

    /// <returns>Bytes written; 0 when it would wait; -1 when the connection broke, and is closed.</returns>
    private int Write()
    {
        fixed (byte* from = &buffer[start])
        {
            var sent = (int)Native.Send(Descriptor, from, (nuint)(end - start), Native.MsgNoSignal | Native.MsgDontWait);
            if (sent < 0) return Broken();
            start += sent;
            if (mode == Mode.Echo) echoed += sent;
            if (start == end) start = end = 0;
            return sent;
        }
    }

    /// <returns>Bytes read; 0 when it would wait; -1 at the client's end, or when the connection broke and is closed.</returns>
    private int Read()
    {
        if (mode == Mode.Discard) start = end = 0;
        fixed (byte* to = &buffer[end])
        {
            var read = (int)Native.Receive(Descriptor, to, (nuint)(BufferBytes - end), Native.MsgDontWait);
            if (read < 0) return Broken();
            if (read == 0)
            {
                clientEnded = true;

                // A request that is cut off is not answered, nor is a first byte that was waited on.
                if (mode is Mode.Unknown or Mode.Http) start = end = 0;
                return -1;
            }

            end += read;
            return read;
        }
    }

    private int Broken()
    {
        if (Native.LastError() is Errno.Again or Errno.Interrupted) return 0;
        Reset();
        return -1;
    }

    private void Understand()
    {
        if (mode == Mode.Unknown) mode = Recognise(buffer.AsSpan(0, end));
        switch (mode)
        {
            case Mode.Echo:
                // What goes beyond the limit is not sent back.
                end = Math.Min(end, start + echoLeft);
                echoLeft -= end - start;
                if (echoLeft == 0) mode = end > start ? Mode.Echo : Mode.Discard;
                break;
            case Mode.Http when buffer.AsSpan(0, end).IndexOf("\r\n\r\n"u8) >= 0:
                var length = buffer.AsSpan().StartsWith("HEAD"u8) ? AnswerHeadBytes : Answer.Length;
                Answer.AsSpan(0, length).CopyTo(buffer);
                (start, end) = (0, length);
                answers++;
                mode = Mode.Discard;
                break;
            case Mode.Http when end == BufferBytes:
                // No request of ours is that long.
                start = end = 0;
                mode = Mode.Discard;
                break;
            case Mode.Discard:
                start = end = 0;
                break;
        }
    }

    private static Mode Recognise(ReadOnlySpan<byte> first)
    {
        if (first.StartsWith("GET "u8) || first.StartsWith("HEAD "u8)) return Mode.Http;
        return first.Length < 5 && ("GET "u8.StartsWith(first) || "HEAD "u8.StartsWith(first)) ? Mode.Unknown : Mode.Echo;
    }
}
