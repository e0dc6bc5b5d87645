using System.Diagnostics;

namespace Pingmesh.Lab.Namespaces;

/// <summary>Runs the programs that set up namespaces: ip and tc (iproute2), nft (nftables).</summary>
internal static class Tool
{
    private static readonly Dictionary<string, string> Packages = new() { ["ip"] = "iproute2", ["tc"] = "iproute2", ["nft"] = "nftables" };

    /// <summary>Sees that all of them are installed.</summary>
    /// <exception cref="LabException">One is missing; names its package.</exception>
    public static void RequireAll()
    {
        foreach (var (program, package) in Packages)
        {
            if (Find(program) is null) throw new LabException($"the lab needs '{program}', which is not installed; install the package {package}");
        }
    }

    /// <summary>Runs a program; what it prints.</summary>
    /// <exception cref="LabException">It failed; holds what it said.</exception>
    public static string Run(string program, IReadOnlyList<string> arguments, string? input = null)
    {
        var (code, output, errors) = Try(program, arguments, input);
        return code == 0 ? output : throw new LabException($"{program} {string.Join(' ', arguments)}: {Shorten(errors)}");
    }

    /// <summary>Runs a program; its exit code and what it printed.</summary>
    public static (int Code, string Output, string Errors) Try(string program, IReadOnlyList<string> arguments, string? input = null)
    {
        var start = new ProcessStartInfo(Find(program) ?? throw new LabException($"'{program}' is not installed; install the package {Packages.GetValueOrDefault(program, program)}"))
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        try
        {
            if (input is not null) process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it had read all; its exit code tells why.
        }

        process.WaitForExit();
        return (process.ExitCode, output.Result, errors.Result);
    }

    private static string Shorten(string errors)
    {
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? "failed without a word" : string.Join("; ", lines.Take(3));
    }

    // Not every user's path holds the folders of system programs.
    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(["/usr/sbin", "/sbin", "/usr/bin", "/bin"])
            .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
