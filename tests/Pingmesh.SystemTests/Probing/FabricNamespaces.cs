namespace Pingmesh.SystemTests.Probing;

/// <summary>
/// A small fabric of namespaces: host a, its leaf l, three spines, leaf r, host b. Each leaf spreads flows over the spines by
/// their five-tuple. Hosts are 10.77.0.2 and 10.77.9.2, fd77::2 and fd77:9::2; spine n is 10.77.1n.2 and fd77:1n::2 as seen
/// from a. Removed at the end.
/// </summary>
internal sealed class FabricNamespaces : IDisposable
{
    private const int Spines = 3;

    private readonly string prefix = $"pmt{Environment.ProcessId}";

    public FabricNamespaces()
    {
        Requires.Root();
        Requires.Program("ip", "iproute2");
        Requires.Program("nft", "nftables");
        try
        {
            foreach (var name in Names) SetUp(name);
            Link(A, "v0", "10.77.0.2/24", "fd77::2/64", Left, "h0", "10.77.0.1/24", "fd77::1/64");
            Link(B, "v0", "10.77.9.2/24", "fd77:9::2/64", Right, "h0", "10.77.9.1/24", "fd77:9::1/64");
            for (var n = 1; n <= Spines; n++)
            {
                Link(Left, $"u{n}", $"10.77.1{n}.1/30", $"fd77:1{n}::1/64", Spine(n), "d0", $"10.77.1{n}.2/30", $"fd77:1{n}::2/64");
                Link(Right, $"u{n}", $"10.77.2{n}.1/30", $"fd77:2{n}::1/64", Spine(n), "d1", $"10.77.2{n}.2/30", $"fd77:2{n}::2/64");
                Route(Spine(n), "10.77.0.0/24", "via", $"10.77.1{n}.1");
                Route(Spine(n), "10.77.9.0/24", "via", $"10.77.2{n}.1");
                Route(Spine(n), "fd77::/64", "via", $"fd77:1{n}::1");
                Route(Spine(n), "fd77:9::/64", "via", $"fd77:2{n}::1");
            }

            Route(A, "default", "via", "10.77.0.1");
            Route(A, "::/0", "via", "fd77::1");
            Route(B, "default", "via", "10.77.9.1");
            Route(B, "::/0", "via", "fd77:9::1");
            Route(Left, "10.77.9.0/24", [.. Enumerable.Range(1, Spines).SelectMany(n => (string[])["nexthop", "via", $"10.77.1{n}.2"])]);
            Route(Left, "fd77:9::/64", [.. Enumerable.Range(1, Spines).SelectMany(n => (string[])["nexthop", "via", $"fd77:1{n}::2"])]);
            Route(Right, "10.77.0.0/24", [.. Enumerable.Range(1, Spines).SelectMany(n => (string[])["nexthop", "via", $"10.77.2{n}.2"])]);
            Route(Right, "fd77::/64", [.. Enumerable.Range(1, Spines).SelectMany(n => (string[])["nexthop", "via", $"fd77:2{n}::2"])]);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string A => prefix + "a";

    public string B => prefix + "b";

    public string Left => prefix + "l";

    public string Right => prefix + "r";

    private IEnumerable<string> Names => [A, B, Left, Right, .. Enumerable.Range(1, Spines).Select(Spine)];

    public string Spine(int n) => $"{prefix}s{n}";

    public void Dispose()
    {
        foreach (var name in Names.Where(name => File.Exists($"/run/netns/{name}"))) NetworkNamespaces.Run("ip", "netns", "del", name);
    }

    private static void Link(string one, string ownLink, string ipv4, string ipv6, string other, string otherLink, string otherIpv4, string otherIpv6)
    {
        NetworkNamespaces.Run("ip", "-n", one, "link", "add", ownLink, "type", "veth", "peer", "name", otherLink, "netns", other);
        foreach (var (space, link, four, six) in new[] { (one, ownLink, ipv4, ipv6), (other, otherLink, otherIpv4, otherIpv6) })
        {
            NetworkNamespaces.Run("ip", "-n", space, "addr", "add", four, "dev", link);
            NetworkNamespaces.Run("ip", "-n", space, "addr", "add", six, "dev", link, "nodad");
            NetworkNamespaces.Run("ip", "-n", space, "link", "set", link, "up");
        }
    }

    private static void Route(string space, string destination, params string[] how) =>
        NetworkNamespaces.Run("ip", ["-n", space, .. destination.Contains(':') ? (string[])["-6"] : [], "route", "add", destination, .. how]);

    private void SetUp(string name)
    {
        NetworkNamespaces.Run("ip", "netns", "add", name);
        NetworkNamespaces.Run("ip", "-n", name, "link", "set", "lo", "up");

        // Policy 3 hashes what the packet carries, and not what a socket of this machine was given; ICMP errors without a limit.
        NetworkNamespaces.Run(
            "ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1",
            "net.ipv4.fib_multipath_hash_policy=3", "net.ipv4.fib_multipath_hash_fields=0x37",
            "net.ipv6.fib_multipath_hash_policy=3", "net.ipv6.fib_multipath_hash_fields=0x37",
            "net.ipv4.icmp_ratelimit=0", "net.ipv4.icmp_msgs_per_sec=100000", "net.ipv6.icmp.ratelimit=0", "net.ipv4.icmp_errors_use_inbound_ifaddr=1");
        if (name == Right) NetworkNamespaces.Run("ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv4.fib_multipath_hash_seed=12345");
    }
}
