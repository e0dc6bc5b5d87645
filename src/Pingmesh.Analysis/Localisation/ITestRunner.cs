using Pingmesh.Core.OnDemand;

namespace Pingmesh.Analysis.Localisation;

/// <summary>Has agents test on demand: what the search for a culprit asks beside what is measured anyway.</summary>
public interface ITestRunner
{
    /// <summary>Has an agent do an order, and waits for what it found.</summary>
    /// <param name="order">The order; its id must be new.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <returns>The report, in which a problem may stand; null when the agent did not answer in time.</returns>
    /// <exception cref="ArgumentException">The order is none; says why.</exception>
    /// <exception cref="Store.StoreUnavailableException">The order cannot be handed to the agent, since the store that servers share does not take it.</exception>
    Task<TestReport?> RunAsync(TestOrder order, CancellationToken cancel);
}
