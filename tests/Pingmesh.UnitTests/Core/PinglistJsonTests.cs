using System.Text;
using Pingmesh.Core.Pinglists;

namespace Pingmesh.UnitTests.Core;

public class PinglistJsonTests
{
    private const string Json =
        """{"host":"h1","addresses":["10.0.0.1"],"omitted":2,"groups":[{"kind":"tcp","class":"intra-pod","dscp":0,"port":58100,"interval_ms":10000,"timeout_ms":2500,"slow_us":5000,"peers":[{"host":"h2","address":"10.0.0.2"}]}]}""";

    [Fact]
    public void Pinglist_survives_the_round_trip_to_the_same_bytes()
    {
        var pinglist = PinglistJson.Read(Encoding.UTF8.GetBytes(Json));
        Assert.Equal(1, pinglist.PeerCount());
        Assert.Equal(new Peer("h2", "10.0.0.2"), pinglist.Groups[0].Peers[0]);
        Assert.Equal(Json, Encoding.UTF8.GetString(PinglistJson.Write(pinglist)));
    }

    [Fact]
    public void Read_passes_over_members_it_does_not_know() =>
        Assert.Equal("h1", PinglistJson.Read(Encoding.UTF8.GetBytes(Json.Replace("\"omitted\"", "\"new\":{\"a\":[1]},\"omitted\"", StringComparison.Ordinal))).Host);

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("null", "no pinglist")]
    [InlineData("[]", "a list")]
    [InlineData("{}", "members missing")]
    [InlineData("""{"host":null,"addresses":[],"topology":"","omitted":0,"groups":[]}""", "null name")]
    [InlineData("""{"host":"h","addresses":[null],"topology":"","omitted":0,"groups":[]}""", "null address")]
    [InlineData("""{"host":"h","addresses":[],"topology":"","omitted":0,"groups":[null]}""", "null group")]
    [InlineData("""{"host":"h","addresses":[],"topology":"","omitted":"x","groups":[]}""", "text for a number")]
    [InlineData("""{"host":"\ud800","addresses":[],"topology":"","omitted":0,"groups":[]}""", "half a surrogate pair")]
    public void Read_refuses_what_is_no_pinglist(string json, string why)
    {
        var error = Assert.Throws<FormatException>(() => PinglistJson.Read(Encoding.UTF8.GetBytes(json)));
        Assert.True(error.Message.StartsWith("pinglist: ", StringComparison.Ordinal), why);
    }

    [Fact]
    public void Read_refuses_a_null_peer() =>
        Assert.Throws<FormatException>(() => PinglistJson.Read(Encoding.UTF8.GetBytes(Json.Replace("[{\"host\":\"h2\"", "[null,{\"host\":\"h2\"", StringComparison.Ordinal))));
}
