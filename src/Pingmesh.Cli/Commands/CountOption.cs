using System.CommandLine;

namespace Pingmesh.Cli.Commands;

/// <summary>Flags that take a number from 1 up.</summary>
internal static class CountOption
{
    public static Option<int> Create(string name, string description, int value, int max)
    {
        var option = new Option<int>(name) { Description = $"{description}; default {value}.", HelpName = "N", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var given && (given < 1 || given > max)) result.AddError($"{name}: {given} is out of range; it goes from 1 to {max}");
        });
        return option;
    }
}
