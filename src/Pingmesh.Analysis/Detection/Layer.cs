namespace Pingmesh.Analysis.Detection;

/// <summary>Which part of a Clos network a <see cref="Place"/> is; from the hosts up.</summary>
internal enum Layer
{
    /// <summary>What lies between two hosts.</summary>
    Pair,

    /// <summary>A host and its link.</summary>
    Host,

    /// <summary>The ToR of a pod: all probes with an end in the pod.</summary>
    Tor,

    /// <summary>The links of a ToR to its leaves: all probes that leave or enter the pod.</summary>
    PodUplinks,

    /// <summary>The leaves of a podset: all probes that leave or enter one of its pods.</summary>
    LeafLayer,

    /// <summary>The links of a podset's leaves to the spines: all probes that leave or enter the podset.</summary>
    PodsetUplinks,

    /// <summary>The spines of a data center: all probes between its podsets, or out of it.</summary>
    SpineLayer,

    /// <summary>What lies between two data centers.</summary>
    DcPair,
}
