namespace Pingmesh.Store;

/// <summary>What a name names. The numbers are stored.</summary>
public enum NameKind : byte
{
    /// <summary>A host, by its name in the topology or, as a reporter, by the name it gave.</summary>
    Host = 1,

    /// <summary>A pod, by its path <c>dc/podset/pod</c>.</summary>
    Pod = 2,

    /// <summary>A peer that is in no topology, by its address.</summary>
    Address = 3,
}

/// <summary>A name that windows and evidence refer to by number.</summary>
/// <param name="Kind">What it names; the same text may name a host and, as another name, an address.</param>
/// <param name="Text">The name.</param>
public readonly record struct Name(NameKind Kind, string Text);

/// <summary>A name and the number that the store gave it.</summary>
/// <param name="Id">The number, from 1; as long as the store is open it is that name's and no other's.</param>
/// <param name="Name">The name.</param>
public readonly record struct NumberedName(int Id, Name Name);
