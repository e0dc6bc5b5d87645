using System.CommandLine;
using Pingmesh.AgentCli.Running;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Yaml;
using Pingmesh.Server.Access;

namespace Pingmesh.Cli.Commands;

/// <summary><c>pingmesh key new</c>: makes API keys.</summary>
internal static class KeyCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "Whose key it is." };
        var role = new Option<string>("--role") { Description = $"What it may do: {string.Join(", ", ApiKeys.RoleNames)}.", HelpName = "ROLE", Required = true };
        role.AcceptOnlyFromAmong([.. ApiKeys.RoleNames]);
        var file = new Option<string>("--file") { Description = "The file of keys, which the server is given as --api-keys.", HelpName = "FILE", Required = true };
        var make = new Command(
            "new", "Make an API key: print it once, and add its hash to the file of keys.\n\nExample: pingmesh key new alice --role operator --file /etc/pingmesh/keys")
        {
            name, role, file,
        };
        make.SetAction(flags =>
        {
            var (who, path) = (flags.GetValue(name)!, flags.GetValue(file)!);
            if (!ScopeName.IsValid(who)) throw new UsageException($"'{who}' is no valid name: {ScopeName.Rule}");
            var key = AccessTokens.NewToken();
            Append(path, ApiKeys.LineOf(who, flags.GetValue(role)!, key), who);
            Console.WriteLine(key);
            return CommandLine.Ok;
        });
        return new Command("key", "Work with API keys.") { make };
    }

    private static void Append(string path, string line, string who)
    {
        var text = File.Exists(path) ? File.ReadAllText(path) : "";
        var next = text + (text.Length > 0 && text[^1] != '\n' ? "\n" : "") + line + "\n";
        if (ApiKeys.Read(next, path) is { Errors: { Count: > 0 } errors }) throw new ConfigurationException(errors);
        if (text.Length == 0)
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
            using var made = new StreamWriter(path, options);
            made.Write(next);
            return;
        }

        File.AppendAllText(path, next[text.Length..]);
        Console.Error.WriteLine($"{who} is added to {path}");
    }
}
