using Pingmesh.Core.OnDemand;

namespace Pingmesh.Analysis.Localisation;

/// <summary>Has agents do tests now.</summary>
public interface ITestRunner
{
    /// <summary>Has one done.</summary>
    /// <param name="order">What to do, and where.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>What was found; null when the agent did not answer in time.</returns>
    Task<TestReport?> RunAsync(TestOrder order, CancellationToken cancel);
}
