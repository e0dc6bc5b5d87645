using Pingmesh.Core.Measurements;
using Pingmesh.Core.Probes;

namespace Pingmesh.Store;

/// <summary>
/// One row of one window, or a part of it: everything stored is a partial that adds up, so any number of parts of the
/// same row may be written, by any number of collectors, and a reader merges them.
/// </summary>
/// <param name="Level">What the row and its cells are.</param>
/// <param name="Start">Start of the window, Unix seconds, a multiple of the level's length.</param>
/// <param name="Series">Kind, class and QoS of the probes.</param>
/// <param name="Row">Name id of the row.</param>
/// <param name="Cells">Name id and measurement of each cell, ids strictly ascending, each measurement with at least one probe.</param>
public sealed record WindowRow(
    WindowLevel Level, long Start, SeriesKey Series, int Row, IReadOnlyList<KeyValuePair<int, Measurement>> Cells);
