using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Pingmesh.Store.Sqlite;

/// <summary>The table of names.</summary>
internal static class SqliteNames
{
    public static IReadOnlyList<NumberedName> Read(SqliteConnection connection, int after)
    {
        using var command = connection.Command("SELECT id, kind, text FROM names WHERE id > $after ORDER BY id", "$after");
        using var reader = command.With(after).ExecuteReader();
        var names = new List<NumberedName>();
        while (reader.Read())
            names.Add(new NumberedName(reader.GetInt32(0), new Name((NameKind)reader.GetInt32(1), reader.GetString(2))));
        return names;
    }

    public static IReadOnlyList<int> Add(SqliteConnection connection, IReadOnlyList<Name> names)
    {
        using var find = connection.Command("SELECT id FROM names WHERE kind = $kind AND text = $text", "$kind", "$text");
        using var insert = connection.Command("INSERT INTO names (kind, text) VALUES ($kind, $text)", "$kind", "$text");
        var ids = new int[names.Count];
        for (var i = 0; i < ids.Length; i++)
        {
            if (find.With((int)names[i].Kind, names[i].Text).ExecuteScalar() is long id)
            {
                ids[i] = (int)id;
                continue;
            }

            insert.Run((int)names[i].Kind, names[i].Text);
            ids[i] = (int)raw.sqlite3_last_insert_rowid(connection.Handle);
        }

        return ids;
    }
}
