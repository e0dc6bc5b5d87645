using System.Xml.Linq;

namespace Pingmesh.UnitTests.Architecture;

public class ProjectReferencesTests
{
    [Fact]
    public void Every_project_refers_only_to_those_the_design_lets_it()
    {
        var files = Directory.GetFiles(Path.Combine(Root(), "src"), "*.csproj", SearchOption.AllDirectories);
        Assert.InRange(files.Length, 8, 20);
        Assert.Empty(files.SelectMany(file =>
            ProjectReferences.Faults(Path.GetFileNameWithoutExtension(file).Replace("Pingmesh.", "", StringComparison.Ordinal), XElement.Load(file))));
    }

    [Theory]
    [InlineData("Agent", "ProjectReference", "../Pingmesh.Store/Pingmesh.Store.csproj", "Agent must not refer to Store")]
    [InlineData("Agent", "ProjectReference", @"..\Pingmesh.Server\Pingmesh.Server.csproj", "Agent must not refer to Server")]
    [InlineData("Agent", "FrameworkReference", "Microsoft.AspNetCore.App", "Agent must not use Microsoft.AspNetCore.App")]
    [InlineData("Analysis", "PackageReference", "Microsoft.AspNetCore.OpenApi", "Analysis must not use Microsoft.AspNetCore.OpenApi")]
    [InlineData("Core", "ProjectReference", "../Pingmesh.Probing/Pingmesh.Probing.csproj", "Core must not refer to Probing")]
    [InlineData("Controller", "ProjectReference", "../Pingmesh.Store/Pingmesh.Store.csproj", "Controller must not refer to Store")]
    [InlineData("Server", "ProjectReference", "../Pingmesh.Cli/Pingmesh.Cli.csproj", "Server must not refer to Cli")]
    [InlineData("Newcomer", "ProjectReference", "../Pingmesh.Core/Pingmesh.Core.csproj", "Newcomer: no rule says what it may refer to")]
    public void Wrong_reference_would_be_found(string project, string element, string include, string fault)
    {
        var csproj = new XElement("Project", new XElement("ItemGroup", new XElement(element, new XAttribute("Include", include))));
        Assert.Equal([fault], ProjectReferences.Faults(project, csproj));
    }

    [Fact]
    public void Web_sdk_is_found_but_the_server_may_use_the_web_framework()
    {
        Assert.Single(ProjectReferences.Faults("Agent", new XElement("Project", new XAttribute("Sdk", "Microsoft.NET.Sdk.Web"))));
        var web = new XElement("Project", new XElement("FrameworkReference", new XAttribute("Include", "Microsoft.AspNetCore.App")));
        Assert.Empty(ProjectReferences.Faults("Server", web));
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Pingmesh.slnx"))) return folder.FullName;
        }

        throw new InvalidOperationException($"Pingmesh.slnx is in no folder above {AppContext.BaseDirectory}");
    }
}
