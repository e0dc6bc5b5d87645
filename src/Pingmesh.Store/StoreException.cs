namespace Pingmesh.Store;

/// <summary>The store cannot be used: it cannot be opened, is damaged, or was written by a newer version. The message says what to do.</summary>
public class StoreException : Exception
{
    /// <summary>An exception with a message for the user.</summary>
    public StoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
