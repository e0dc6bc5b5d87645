using System.Net;
using System.Net.Sockets;
using Pingmesh.Core;
using Pingmesh.Core.Pinglists;

namespace Pingmesh.Bench.Agents;

/// <summary>The two answers an agent needs, in the prober's namespace: a pinglist of all peers, and thanks for measurements.</summary>
internal sealed class PinglistServer : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly byte[] pinglist;

    public PinglistServer(PeerNetwork network, int port, int probePort = Ports.Responder)
    {
        Url = $"http://127.0.0.1:{port}";
        Peer[] peers = [.. PeerNetwork.Addresses().Select((address, i) => new Peer($"peer{i}", address.ToString()))];
        var group = new PinglistGroup("tcp", "intra-dc", 0, probePort, 10_000, 2_500, 5_000, peers);
        pinglist = PinglistJson.Write(new Pinglist("bench", [PeerNetwork.Client], 0, [group]));
        listener.Prefixes.Add(Url + "/");

        // The listener's socket belongs to the namespace of the thread that starts it.
        network.InClient(() =>
        {
            listener.Start();
            return 0;
        });
        _ = ServeAsync();
    }

    public string Url { get; }

    /// <summary>Done when the pinglist has been asked for.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Bytes of measurements received.</summary>
    public long UploadedBytes { get; private set; }

    public void Dispose() => listener.Close();

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                await AnswerAsync(await listener.GetContextAsync());
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or SocketException or IOException)
            {
                if (!listener.IsListening) return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        if (context.Request.HttpMethod == "POST")
        {
            var buffer = new byte[65_536];
            int count;
            while ((count = await context.Request.InputStream.ReadAsync(buffer)) > 0) UploadedBytes += count;
            context.Response.Close();
            return;
        }

        context.Response.AddHeader("ETag", "\"1\"");
        if (context.Request.Headers["If-None-Match"] == "\"1\"")
        {
            context.Response.StatusCode = 304;
            context.Response.Close();
            return;
        }

        context.Response.ContentType = "application/json";
        context.Response.Close(pinglist, willBlock: false);
        Asked.TrySetResult();
    }
}
