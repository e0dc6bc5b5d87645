using Pingmesh.Core.Topologies;

namespace Pingmesh.Controller.Services;

/// <summary>The services of the moment, made anew when topology or rules have changed. Thread-safe.</summary>
/// <param name="topology">The topology in force.</param>
/// <param name="rules">The rules in force.</param>
public sealed class ServicesInForce(Func<Topology> topology, Func<IReadOnlyList<ServiceRule>> rules)
{
    private readonly Lock gate = new();
    private IReadOnlyList<ServiceRule> madeBy = [];
    private ServiceMap? made;

    /// <summary>The services.</summary>
    public ServiceMap Current
    {
        get
        {
            var (now, wanted) = (topology(), rules());
            lock (gate)
            {
                if (made is null || !ReferenceEquals(made.Topology, now) || !ReferenceEquals(madeBy, wanted))
                    (made, madeBy) = (new ServiceMap(now, wanted), wanted);
                return made;
            }
        }
    }
}
