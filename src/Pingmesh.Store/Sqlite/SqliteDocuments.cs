using Microsoft.Data.Sqlite;

namespace Pingmesh.Store.Sqlite;

/// <summary>The documents in the store's file. Its calls do their work before they return.</summary>
internal sealed class SqliteDocuments(SqliteFile file) : IDocumentStore
{
    private const string Columns = "kind, id, version, time, json";

    public ValueTask PutAsync(IReadOnlyList<Document> documents, CancellationToken cancellationToken)
    {
        if (documents.Count == 0) return ValueTask.CompletedTask;
        file.Write(connection =>
        {
            using var put = connection.Command(
                $"""
                INSERT INTO documents ({Columns}) VALUES ($kind, $id, $version, $time, $json)
                ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version, time = excluded.time, json = excluded.json WHERE excluded.version > version
                """,
                "$kind", "$id", "$version", "$time", "$json");
            foreach (var one in documents) put.Run(one.Kind, one.Id, one.Version, DocumentTime.Of(one.Time), one.Json);
            return true;
        });
        return ValueTask.CompletedTask;
    }

    public ValueTask<Document?> FindAsync(string kind, string id, CancellationToken cancellationToken) => ValueTask.FromResult(file.Read(connection =>
    {
        using var command = connection.Command($"SELECT {Columns} FROM documents WHERE kind = $kind AND id = $id", "$kind", "$id");
        using var reader = command.With(kind, id).ExecuteReader();
        return reader.Read() ? Read(reader) : null;
    }));

    public ValueTask<IReadOnlyList<Document>> ReadAsync(string kind, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<Document>>(file.Read(connection =>
        {
            using var command = connection.Command(
                $"SELECT {Columns} FROM documents WHERE kind = $kind AND time >= $from AND time < $to ORDER BY time DESC, id LIMIT $limit", "$kind", "$from", "$to", "$limit");
            using var reader = command.With(kind, DocumentTime.Of(from), DocumentTime.Of(to), limit).ExecuteReader();
            var documents = new List<Document>();
            while (reader.Read()) documents.Add(Read(reader));
            return documents;
        }));

    public ValueTask ForgetAsync(string kind, DateTimeOffset before, CancellationToken cancellationToken)
    {
        file.Write(connection =>
        {
            using var delete = connection.Command("DELETE FROM documents WHERE kind = $kind AND time < $before", "$kind", "$before");
            return delete.Run(kind, DocumentTime.Of(before));
        });
        return ValueTask.CompletedTask;
    }

    private static Document Read(SqliteDataReader reader) =>
        new(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), DocumentTime.From(reader.GetInt64(3)), reader.GetString(4));
}
