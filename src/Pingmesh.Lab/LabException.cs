namespace Pingmesh.Lab;

/// <summary>The lab or the simulator cannot do what was asked for; the message says why and what helps.</summary>
public sealed class LabException : Exception
{
    /// <summary>An exception with that message.</summary>
    public LabException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with that message and cause.</summary>
    public LabException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
