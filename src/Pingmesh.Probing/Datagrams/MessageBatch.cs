using System.Runtime.InteropServices;
using Pingmesh.Probing.Libc;

namespace Pingmesh.Probing.Datagrams;

/// <summary>
/// Room outside the managed heap for many messages that are received or sent by one system call, made once. Memory that
/// no message has reached is not touched, so large buffers cost nothing until large messages come. Used by one thread.
/// </summary>
internal sealed unsafe class MessageBatch : IDisposable
{
    /// <summary>Room for an address: struct sockaddr_in6.</summary>
    public const int NameBytes = 28;

    /// <summary>Room for control messages.</summary>
    public const int ControlBytes = 256;

    private const nuint Alignment = 64;

    private byte* memory;
    private readonly Native.MessageVector* messages;
    private readonly Native.IoVector* vectors;
    private readonly byte* names;
    private readonly byte* controls;
    private readonly byte* data;
    private readonly int dataBytes;

    /// <param name="count">Messages.</param>
    /// <param name="dataBytes">Most bytes of one message.</param>
    public MessageBatch(int count, int dataBytes)
    {
        Count = count;
        this.dataBytes = dataBytes;
        var header = sizeof(Native.MessageVector) + sizeof(Native.IoVector) + ControlBytes + 32;
        memory = (byte*)NativeMemory.AlignedAlloc((nuint)(count * (header + dataBytes)), Alignment);
        messages = (Native.MessageVector*)memory;
        vectors = (Native.IoVector*)(messages + count);
        controls = (byte*)(vectors + count);
        names = controls + (count * ControlBytes);
        data = names + (count * 32);
        new Span<byte>(memory, count * header).Clear();
        for (var i = 0; i < count; i++)
        {
            vectors[i].Base = data + ((long)i * dataBytes);
            messages[i].Header.Vectors = vectors + i;
            messages[i].Header.VectorCount = 1;
            messages[i].Header.Name = names + (i * 32);
            messages[i].Header.Control = controls + (i * ControlBytes);
        }
    }

    /// <summary>Messages there is room for.</summary>
    public int Count { get; }

    /// <summary>The bytes of a message, as many as there is room for.</summary>
    public Span<byte> Room(int message) => new(data + ((long)message * dataBytes), dataBytes);

    /// <summary>The bytes of a received message.</summary>
    public Span<byte> Data(int message) => Room(message)[..(int)Math.Min(messages[message].Length, (uint)dataBytes)];

    /// <summary>Whether a received message was longer than there is room for.</summary>
    public bool WasCut(int message) => (messages[message].Header.Flags & Native.MsgTruncated) != 0;

    /// <summary>The address of a message, in the kernel's form.</summary>
    public Span<byte> Name(int message) => new(names + (message * 32), (int)messages[message].Header.NameLength);

    /// <summary>The control messages of a received message.</summary>
    public ReadOnlySpan<byte> Control(int message) => new(messages[message].Header.Control, (int)messages[message].Header.ControlLength);

    /// <summary>Room for the control messages of a message to send.</summary>
    public Span<byte> ControlRoom(int message) => new(controls + (message * ControlBytes), ControlBytes);

    /// <summary>Makes a message ready to be sent.</summary>
    /// <param name="message">The message.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="controlLength">Bytes of its control messages; 0 for none.</param>
    public void SetLengths(int message, int length, int controlLength)
    {
        vectors[message].Length = (nuint)length;
        messages[message].Header.Control = controlLength == 0 ? null : controls + (message * ControlBytes);
        messages[message].Header.ControlLength = (nuint)controlLength;
    }

    /// <summary>Sets where a message goes.</summary>
    /// <param name="message">The message.</param>
    /// <param name="target">Address and port.</param>
    /// <param name="hasPort">Whether the protocol has ports; to others the kernel takes the field for something else.</param>
    public void SetName(int message, in ProbeTarget target, bool hasPort)
    {
        fixed (byte* from = &target.First) new ReadOnlySpan<byte>(from, target.Length).CopyTo(new Span<byte>(names + (message * 32), NameBytes));
        if (!hasPort) new Span<byte>(names + (message * 32) + 2, 2).Clear();
        messages[message].Header.NameLength = (uint)target.Length;
    }

    /// <summary>Receives what is there; waits for the first message only where asked to.</summary>
    /// <returns>How many messages were received, or -errno.</returns>
    public int Receive(int socket, bool wait, bool errors = false)
    {
        for (var i = 0; i < Count; i++)
        {
            vectors[i].Length = (nuint)dataBytes;
            messages[i].Header.NameLength = NameBytes;
            messages[i].Header.Control = controls + (i * ControlBytes);
            messages[i].Header.ControlLength = ControlBytes;
            messages[i].Header.Flags = 0;
        }

        if (wait)
        {
            var waited = Native.ReceiveMessages(socket, messages, (uint)Count, Native.MsgWaitForOne, null);
            return waited >= 0 ? waited : -Marshal.GetLastPInvokeError();
        }

        var received = Native.ReceiveMessagesNow(socket, messages, (uint)Count, Native.MsgDontWait | (errors ? Native.MsgErrorQueue : 0), null);
        return received >= 0 ? received : -Native.LastError();
    }

    /// <summary>Sends messages that were made ready.</summary>
    /// <returns>How many the kernel took, or -errno of the first.</returns>
    public int Send(int socket, int first, int count)
    {
        var sent = Native.SendMessages(socket, messages + first, (uint)count, Native.MsgDontWait | Native.MsgNoSignal);
        return sent >= 0 ? sent : -Native.LastError();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(memory);
        memory = null;
    }
}
