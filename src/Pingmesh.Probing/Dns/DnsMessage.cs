using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace Pingmesh.Probing.Dns;

/// <summary>A resource record.</summary>
/// <param name="Name">Owner, absolute, with a dot at its end.</param>
/// <param name="Type">Type, see <see cref="DnsTypes"/>.</param>
/// <param name="Ttl">Time to live.</param>
/// <param name="Text">Its data as text, as in a zone file.</param>
public sealed record DnsRecord(string Name, ushort Type, TimeSpan Ttl, string Text);

/// <summary>An answer of a name server.</summary>
/// <param name="Id">Number of the query it answers.</param>
/// <param name="ResponseCode">0 for success, 3 for "no such name" (RFC 1035, RFC 6895).</param>
/// <param name="IsTruncated">Whether it was cut off, and is to be had in full over TCP.</param>
/// <param name="IsAuthoritative">Whether the server is one of the zone's.</param>
/// <param name="Answers">The answer section.</param>
public sealed record DnsAnswer(ushort Id, int ResponseCode, bool IsTruncated, bool IsAuthoritative, IReadOnlyList<DnsRecord> Answers);

/// <summary>Writes queries and reads answers of the DNS (RFC 1035). Throws for nothing but <see cref="FormatException"/>, whatever the bytes.</summary>
public static class DnsMessage
{
    private const int HeaderBytes = 12;
    private const int MaxNameBytes = 255;
    private const ushort RecursionDesired = 0x0100;
    private const ushort InternetClass = 1;

    /// <summary>A query for one name and type.</summary>
    /// <exception cref="FormatException">The name is none.</exception>
    public static byte[] Query(ushort id, string name, ushort type)
    {
        var labels = name.TrimEnd('.').Split('.', StringSplitOptions.RemoveEmptyEntries);
        var query = new List<byte>(HeaderBytes + name.Length + 6);
        Span<byte> header = stackalloc byte[HeaderBytes];
        header.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header, id);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], 1);
        query.AddRange(header);
        foreach (var label in labels)
        {
            var bytes = Encoding.ASCII.GetBytes(Ascii(label));
            if (bytes.Length is 0 or > 63) throw new FormatException($"'{name}' is no DNS name: a label has 1 to 63 characters");
            query.Add((byte)bytes.Length);
            query.AddRange(bytes);
        }

        query.Add(0);
        if (query.Count - HeaderBytes > MaxNameBytes) throw new FormatException($"'{name}' is no DNS name: it is longer than {MaxNameBytes} bytes");
        query.AddRange([(byte)(type >> 8), (byte)type, 0, (byte)InternetClass]);
        return [.. query];
    }

    /// <summary>Reads an answer to a query.</summary>
    /// <exception cref="FormatException">It is no DNS message, or no answer to that query.</exception>
    public static DnsAnswer Read(ReadOnlySpan<byte> message, ReadOnlySpan<byte> query)
    {
        if (message.Length < HeaderBytes) throw new FormatException("the answer is too short for a DNS message");
        var id = BinaryPrimitives.ReadUInt16BigEndian(message);
        if (id != BinaryPrimitives.ReadUInt16BigEndian(query)) throw new FormatException("the answer bears another number than the query");
        if ((message[2] & 0x80) == 0) throw new FormatException("the answer is a query");
        var questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        var answers = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        var at = HeaderBytes;
        if (questions == 1)
        {
            var asked = ReadName(message, ref at);
            var other = HeaderBytes;
            if (!asked.Equals(ReadName(query, ref other), StringComparison.OrdinalIgnoreCase) || !Slice(message, at, 4).SequenceEqual(query.Slice(other, 4)))
                throw new FormatException("the answer is to another question");
            at += 4;
        }
        else if (questions > 1)
        {
            throw new FormatException("the answer holds several questions");
        }

        var records = new List<DnsRecord>();
        var truncated = (message[2] & 2) != 0;
        for (var i = 0; i < answers; i++)
        {
            if (truncated && at >= message.Length) break;
            records.Add(ReadRecord(message, ref at));
        }

        return new DnsAnswer(id, message[3] & 15, truncated, (message[2] & 4) != 0, records);
    }

    private static string Ascii(string label)
    {
        if (label.All(char.IsAscii)) return label;
        try
        {
            return new IdnMapping().GetAscii(label);
        }
        catch (ArgumentException error)
        {
            throw new FormatException($"'{label}' cannot be a part of a DNS name: {error.Message}", error);
        }
    }

    private static DnsRecord ReadRecord(ReadOnlySpan<byte> message, ref int at)
    {
        var name = ReadName(message, ref at);
        var head = Slice(message, at, 10);
        var type = BinaryPrimitives.ReadUInt16BigEndian(head);
        var ttl = BinaryPrimitives.ReadUInt32BigEndian(head[4..]);
        var length = BinaryPrimitives.ReadUInt16BigEndian(head[8..]);
        at += 10;
        _ = Slice(message, at, length);
        var text = ReadData(message[..(at + length)], at, type);
        at += length;

        // RFC 2181, 8: a TTL with its highest bit set counts as 0.
        return new DnsRecord(name, type, TimeSpan.FromSeconds(ttl > int.MaxValue ? 0 : ttl), text);
    }

    private static string ReadData(ReadOnlySpan<byte> message, int at, ushort type)
    {
        var data = message[at..];
        var invariant = CultureInfo.InvariantCulture;
        switch (type)
        {
            case DnsTypes.A when data.Length == 4:
            case DnsTypes.Aaaa when data.Length == 16:
                return new IPAddress(data).ToString();
            case DnsTypes.Cname or DnsTypes.Ns or DnsTypes.Ptr:
                return ReadName(message, ref at);
            case DnsTypes.Mx when data.Length > 2:
                at += 2;
                return string.Create(invariant, $"{BinaryPrimitives.ReadUInt16BigEndian(data)} {ReadName(message, ref at)}");
            case DnsTypes.Srv when data.Length > 6:
                at += 6;
                return string.Create(
                    invariant,
                    $"{BinaryPrimitives.ReadUInt16BigEndian(data)} {BinaryPrimitives.ReadUInt16BigEndian(data[2..])} {BinaryPrimitives.ReadUInt16BigEndian(data[4..])} {ReadName(message, ref at)}");
            case DnsTypes.Soa:
                var (server, mailbox) = (ReadName(message, ref at), ReadName(message, ref at));
                var numbers = Slice(message, at, 20);
                var text = new StringBuilder($"{server} {mailbox}");
                for (var i = 0; i < 20; i += 4) text.Append(invariant, $" {BinaryPrimitives.ReadUInt32BigEndian(numbers[i..])}");
                return text.ToString();
            case DnsTypes.Txt:
                return ReadText(data);
            default:
                return Convert.ToHexStringLower(data);
        }
    }

    private static string ReadText(ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder();
        while (!data.IsEmpty)
        {
            var length = data[0];
            text.Append(Encoding.UTF8.GetString(Slice(data, 1, length)));
            data = data[(1 + length)..];
        }

        return text.ToString();
    }

    /// <summary>Reads a name; compressed ones (RFC 1035, 4.1.4) may only point backwards, so that there is an end to them.</summary>
    private static string ReadName(ReadOnlySpan<byte> message, ref int at)
    {
        var name = new StringBuilder();
        var (position, jumped, limit) = (at, false, at);
        while (true)
        {
            var length = Slice(message, position, 1)[0];
            if ((length & 0xC0) == 0xC0)
            {
                var target = ((length & 0x3F) << 8) | Slice(message, position, 2)[1];
                if (!jumped) at = position + 2;
                if (target >= limit) throw new FormatException("a name of the answer points to itself");
                (position, limit, jumped) = (target, target, true);
                continue;
            }

            if (length > 63) throw new FormatException("a name of the answer has a label of an unknown sort");
            position++;
            if (length == 0) break;
            foreach (var letter in Slice(message, position, length)) name.Append(letter is > 32 and < 127 ? (char)letter : '?');
            name.Append('.');
            if (name.Length > MaxNameBytes) throw new FormatException($"a name of the answer is longer than {MaxNameBytes} bytes");
            position += length;
        }

        if (!jumped) at = position;
        return name.Length == 0 ? "." : name.ToString();
    }

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> message, int at, int length) =>
        at >= 0 && length <= message.Length - at ? message.Slice(at, length) : throw new FormatException("the answer ends in the middle of a record");
}
