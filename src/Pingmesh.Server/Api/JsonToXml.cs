using System.Text;
using System.Text.Json;
using System.Xml;

namespace Pingmesh.Server.Api;

/// <summary>Writes a JSON document as XML: members are elements, and the items of a list are elements with its name in the singular.</summary>
internal static class JsonToXml
{
    /// <summary>The same content as UTF-8 XML.</summary>
    public static byte[] Convert(ReadOnlyMemory<byte> json, string root)
    {
        using var document = JsonDocument.Parse(json);
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, CheckCharacters = true })) Write(xml, root, document.RootElement);
        return bytes.ToArray();
    }

    private static void Write(XmlWriter xml, string name, JsonElement element)
    {
        // A header's name may be no name for an element; then it is an attribute.
        if (IsElementName(name))
        {
            xml.WriteStartElement(name);
        }
        else
        {
            xml.WriteStartElement("entry");
            xml.WriteAttributeString("name", name);
        }

        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject()) Write(xml, property.Name, property.Value);
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) Write(xml, Singular(name), item);
                break;
            case JsonValueKind.String:
                xml.WriteString(element.GetString());
                break;
            case JsonValueKind.Null:
                break;
            default:
                xml.WriteString(element.GetRawText());
                break;
        }

        xml.WriteEndElement();
    }

    private static bool IsElementName(string name) => name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_') && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    private static string Singular(string name) => name switch
    {
        "addresses" => "address",
        _ when name.EndsWith('s') && name != "status" => name[..^1],
        _ => "item",
    };
}
