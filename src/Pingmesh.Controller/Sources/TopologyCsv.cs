using System.Globalization;
using System.Net;
using CsvHelper;
using CsvHelper.Configuration;
using Pingmesh.Core.Topologies;
using Pingmesh.Core.Yaml;

namespace Pingmesh.Controller.Sources;

/// <summary>
/// Reads hosts from CSV (RFC 4180) with a header line: <c>host</c> and <c>address</c> (several with spaces between) must be there,
/// <c>dc</c>, <c>podset</c> and <c>pod</c> may; every other column is a label.
/// </summary>
public static class TopologyCsv
{
    private static readonly string[] Known = ["host", "address", "dc", "podset", "pod"];

    /// <summary>Reads the hosts. Never throws for what is in the text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">The name that messages call it by.</param>
    public static (IReadOnlyList<HostEntry>? Value, IReadOnlyList<ConfigurationError> Errors) Read(string text, string file)
    {
        var errors = new List<ConfigurationError>();
        var hosts = new List<HostEntry>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        var owners = new Dictionary<IPAddress, string>();
        using var csv = new CsvReader(new StringReader(text), new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            TrimOptions = TrimOptions.Trim, AllowComments = true, MissingFieldFound = null, BadDataFound = null, DetectDelimiter = false,
        });
        try
        {
            if (!csv.Read() || !csv.ReadHeader())
            {
                Report(1, "the file is empty; begin it with a header line such as host,address,dc,podset,pod");
                return (null, errors);
            }

            var header = csv.HeaderRecord!;
            foreach (var wanted in Known.Take(2).Where(wanted => !header.Contains(wanted)))
                Report(1, $"column '{wanted}' is missing; the header line must name 'host' and 'address'");
            foreach (var twice in header.CountBy(name => name).Where(entry => entry.Value > 1)) Report(1, $"column '{twice.Key}' is there {twice.Value} times; keep one");
            if (errors.Count > 0) return (null, errors);
            while (csv.Read()) ReadRow(csv, header);
        }
        catch (CsvHelperException error)
        {
            Report(csv.Parser?.Row ?? 1, $"is no CSV: {error.Message.Split('\n')[0].Trim()}");
        }

        return errors.Count == 0 ? (hosts, errors) : (null, errors);

        void ReadRow(CsvReader row, string[] header)
        {
            var line = row.Parser.RawRow;
            if (row.Parser.Count > header.Length) Report(line, $"the line has {row.Parser.Count} fields, the header {header.Length}; put fields with commas in quotes");
            string Field(string column, string unsaid) => row.TryGetField(column, out string? value) && !string.IsNullOrEmpty(value) ? value : unsaid;
            var name = Field("host", "");
            var addresses = new List<IPAddress>();
            foreach (var part in Field("address", "").Split((char[])[' ', ';'], StringSplitOptions.RemoveEmptyEntries))
            {
                if (AddressText.TryParse(part, out var address)) addresses.Add(address);
                else Report(line, $"address '{part}' of host '{name}' is not an IP address; write four numbers from 0 to 255, or an IPv6 address");
            }

            if (addresses.Count == 0) Report(line, $"host '{name}' has no address; give it one");
            var entry = new HostEntry(
                name, Field("dc", HostEntry.Unsaid), Field("podset", HostEntry.Unsaid), Field("pod", HostEntry.Unsaid), addresses,
                header.Where(column => !Known.Contains(column)).Select(column => (column, Field(column, ""))).Where(label => label.Item2.Length > 0)
                    .ToDictionary(label => label.column, label => label.Item2, StringComparer.Ordinal));
            foreach (var part in new[] { entry.Name, entry.Dc, entry.Podset, entry.Pod }.Where(part => !ScopeName.IsValid(part)))
                Report(line, $"'{part}' is no valid name; use {ScopeName.Rule}");
            if (!lines.TryAdd(name, line)) Report(line, $"host '{name}' is already in line {lines[name]}; keep one");
            foreach (var address in addresses.Where(address => !owners.TryAdd(address, name)))
                Report(line, $"address {address} of host '{name}' is already that of host '{owners[address]}'; correct one");
            hosts.Add(entry);
        }

        void Report(int line, string message)
        {
            if (errors.Count < StrictYaml.MaxErrors) errors.Add(new ConfigurationError(file, line, 1, message));
        }
    }
}
