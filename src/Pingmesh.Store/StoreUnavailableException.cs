namespace Pingmesh.Store;

/// <summary>The store cannot do it now: no space, an I/O error. Nothing was changed; the same call may succeed later.</summary>
public sealed class StoreUnavailableException : StoreException
{
    /// <summary>An exception with a message for the user.</summary>
    public StoreUnavailableException(string message, bool isFull, Exception? inner = null)
        : base(message, inner) => IsFull = isFull;

    /// <summary>Whether it is for want of space.</summary>
    public bool IsFull { get; }
}
