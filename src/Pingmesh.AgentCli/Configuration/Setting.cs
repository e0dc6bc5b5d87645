using System.CommandLine;

namespace Pingmesh.AgentCli.Configuration;

/// <summary>
/// One setting, under one name in three places: flag <c>--sync-interval</c>, environment <c>PINGMESH_SYNC_INTERVAL</c>,
/// key <c>sync_interval</c> of the configuration file.
/// </summary>
internal sealed class Setting
{
    /// <param name="key">The key in the configuration file.</param>
    /// <param name="hint">What its value looks like, for the help.</param>
    /// <param name="description">What it does, for the help.</param>
    /// <param name="repeatable">Whether the flag can be given several times, or have several values; elsewhere the values stand with commas.</param>
    /// <param name="alias">Another name of the flag; null for none.</param>
    public Setting(string key, string hint, string description, bool repeatable = false, string? alias = null)
    {
        Key = key;
        Flag = "--" + key.Replace('_', '-');
        Variable = "PINGMESH_" + key.ToUpperInvariant();
        Option = new Option<string[]>(Flag)
        {
            Description = description,
            HelpName = hint,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = repeatable,
        };
        if (alias is not null) Option.Aliases.Add(alias);
        if (!repeatable)
        {
            Option.Validators.Add(result =>
            {
                if (result.Tokens.Count > 1) result.AddError($"{Flag} is given {result.Tokens.Count} times; keep one");
            });
        }
    }

    public string Key { get; }

    public string Flag { get; }

    public string Variable { get; }

    public Option<string[]> Option { get; }
}
