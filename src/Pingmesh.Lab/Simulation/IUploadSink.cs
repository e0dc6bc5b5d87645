namespace Pingmesh.Lab.Simulation;

/// <summary>An upload of a simulated agent.</summary>
/// <param name="Host">The agent's host.</param>
/// <param name="Body">A MeasurementBatch.</param>
public sealed record SimulatedUpload(string Host, byte[] Body);

/// <summary>Takes the uploads of a simulation.</summary>
public interface IUploadSink
{
    /// <summary>Takes the uploads of a window; returns when all are accepted.</summary>
    /// <exception cref="LabException">They are not; says why.</exception>
    Task TakeAsync(IReadOnlyList<SimulatedUpload> uploads, CancellationToken cancel);

    /// <summary>Called when the last was taken.</summary>
    Task FinishAsync(CancellationToken cancel);
}
