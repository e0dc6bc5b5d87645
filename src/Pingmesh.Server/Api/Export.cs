using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using Microsoft.AspNetCore.Http;

namespace Pingmesh.Server.Api;

/// <summary>A table for other tools.</summary>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Rows">Rows of values: texts, numbers, or null.</param>
/// <param name="OpenMetrics">The same as OpenMetrics text; null where that makes no sense.</param>
internal sealed record ExportTable(IReadOnlyList<string> Columns, IEnumerable<IReadOnlyList<object?>> Rows, Func<string>? OpenMetrics = null);

/// <summary>Answers as JSON, or, when the parameter <c>format</c> asks for it, as a table: CSV, JSON Lines or OpenMetrics.</summary>
internal static class Export
{
    private const string OpenMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private static readonly JsonSerializerOptions Json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The answer in the form that is asked for.</summary>
    /// <exception cref="BadRequestException">There is no such form of it.</exception>
    public static IResult Of<T>(string? format, T answer, Func<ExportTable> table) => format switch
    {
        null or "json" => Results.Ok(answer),
        "csv" => Results.Text(Csv(table()), "text/csv; charset=utf-8"),
        "jsonl" => Results.Text(JsonLines(table()), "application/jsonl; charset=utf-8"),
        "openmetrics" when table().OpenMetrics is { } write => Results.Text(write(), OpenMetricsType),
        "openmetrics" => throw new BadRequestException("'format': there are no metrics of this; use json, csv or jsonl"),
        _ => throw new BadRequestException($"'format' is '{format}'; it is one of json, csv, jsonl, openmetrics"),
    };

    private static string Csv(ExportTable table)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);

        // A cell that begins like a formula would be run by a spreadsheet.
        using var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n", InjectionOptions = InjectionOptions.Escape });
        foreach (var column in table.Columns) csv.WriteField(column);
        csv.NextRecord();
        foreach (var row in table.Rows)
        {
            foreach (var value in row) csv.WriteField(value);
            csv.NextRecord();
        }

        csv.Flush();
        return text.ToString();
    }

    private static string JsonLines(ExportTable table)
    {
        var text = new StringBuilder();
        foreach (var row in table.Rows)
        {
            var fields = table.Columns.Zip(row).Where(field => field.Second is not null).ToDictionary(field => field.First, field => field.Second);
            text.Append(JsonSerializer.Serialize(fields, Json)).Append('\n');
        }

        return text.ToString();
    }
}
