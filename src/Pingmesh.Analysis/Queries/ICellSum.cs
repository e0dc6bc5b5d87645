using Pingmesh.Analysis.Accumulation;
using Pingmesh.Core.Measurements;

namespace Pingmesh.Analysis.Queries;

/// <summary>What a reading of windows adds up to.</summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
internal interface ICellSum<TSelf>
{
    /// <summary>Adds a cell.</summary>
    /// <param name="row">The row it is in.</param>
    /// <param name="cell">Name id of the cell.</param>
    /// <param name="measurement">What was measured.</param>
    /// <param name="mayKeep">Whether <paramref name="measurement"/> is this object's from now on.</param>
    void Add(in RowKey row, int cell, Measurement measurement, bool mayKeep);

    /// <summary>Adds another sum, which is not used any more.</summary>
    void Add(TSelf other);
}
