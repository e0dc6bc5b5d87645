using System.Text;
using Pingmesh.Core.Yaml;

namespace Pingmesh.UnitTests.Core;

public class StrictYamlTests
{
    [Fact]
    public void Reader_gives_typed_values()
    {
        var yaml = StrictYaml.Parse(
            """
            # everything a file may hold
            name: web 1
            number: 42
            big: -9000000000
            rate: 1e-3
            on: true
            wait: 1.5s
            mode: fast
            list: [a, 7]
            nested: {key: "quoted: text"}
            labels:
              region: eu
              empty: ""
            """,
            "f.yaml");
        Assert.Equal("web 1", yaml.Root.Require("name")?.Text());
        Assert.Equal(42, yaml.Root.Find("number")?.WholeNumber(1, 100));
        Assert.Equal(-9_000_000_000, yaml.Root.Find("big")?.WholeNumber(long.MinValue, 0));
        Assert.Equal(0.001, yaml.Root.Find("rate")?.Number(0, 1));
        Assert.True(yaml.Root.Find("on")?.Bool());
        Assert.Equal(TimeSpan.FromSeconds(1.5), yaml.Root.Find("wait")?.Duration(TimeSpan.Zero, TimeSpan.FromHours(1)));
        Assert.Equal("fast", yaml.Root.Find("mode")?.OneOf("slow", "fast"));
        Assert.Equal(["a", "7"], yaml.Root.Find("list")!.List().Select(value => value.Text()));
        Assert.Equal("quoted: text", yaml.Root.Find("nested")?.Mapping()?.Find("key")?.Text());
        Assert.Equal(new Dictionary<string, string> { ["region"] = "eu", ["empty"] = "" }, yaml.Root.Find("labels")!.TextMap());
        Assert.Null(yaml.Root.Find("absent"));
        Assert.Empty(yaml.Finish());
    }

    [Theory]
    [InlineData("ports: 1", "f.yaml:1:1: unknown key 'ports'; did you mean 'port'?")]
    [InlineData("prot: 1", "f.yaml:1:1: unknown key 'prot'; did you mean 'port'?")]
    [InlineData("colour: 1", "f.yaml:1:1: unknown key 'colour'; valid here: labels, mode, on, port, rate, sub, text, wait")]
    [InlineData("sub:\n  kye: 1", "f.yaml:2:3: unknown key 'kye'; did you mean 'key'?")]
    [InlineData("port: abc", "f.yaml:1:7: 'port' must be a whole number, not 'abc'; write a number from 1 to 65535")]
    [InlineData("port: 1.5", "f.yaml:1:7: 'port' must be a whole number, not '1.5'; write a number from 1 to 65535")]
    [InlineData("port: \"80\"", "f.yaml:1:7: 'port' must be a whole number, not the text \"80\"; write it without quotes")]
    [InlineData("port: [80]", "f.yaml:1:7: 'port' must be a whole number, not a list; write a number from 1 to 65535")]
    [InlineData("port: 70000", "f.yaml:1:7: 'port' is 70000, which is out of range; use 1 to 65535")]
    [InlineData("port:", "f.yaml:1:1: 'port' has no value; give it one or remove the key")]
    [InlineData("port: 1\nrate: 2\nport: 3", "f.yaml:3:1: key 'port' appears twice in one mapping, first on line 1; remove one of the two", "f.yaml:2:7: 'rate' is 2, which is out of range; use 0 to 1")]
    [InlineData("rate: .nan", "f.yaml:1:7: 'rate' must be a number, not '.nan'; write a number from 0 to 1")]
    [InlineData("on: yes", "f.yaml:1:5: 'on' must be true or false, not 'yes'; write true or false")]
    [InlineData("wait: 10", "f.yaml:1:7: 'wait' must be a duration, not '10'; write a number with a unit (us, ms, s, m, h or d), such as 10s")]
    [InlineData("wait: 10 s", "f.yaml:1:7: 'wait' must be a duration, not '10 s'; write a number with a unit (us, ms, s, m, h or d), such as 10s")]
    [InlineData("wait: 5s", "f.yaml:1:7: 'wait' is 5s, which is out of range; use 10s to 1h")]
    [InlineData("mode: fats", "f.yaml:1:7: 'mode' cannot be 'fats'; did you mean 'fast'?")]
    [InlineData("mode: other", "f.yaml:1:7: 'mode' cannot be 'other'; use one of slow, fast")]
    [InlineData("text: {a: b}", "f.yaml:1:7: 'text' must be text, not a mapping; write one text, in quotes if it begins with '{' or '['")]
    [InlineData("text: \"\"", "f.yaml:1:7: 'text' is empty; write a text")]
    [InlineData("sub: 5", "f.yaml:1:6: 'sub' must be a mapping of keys to values, not '5'; write 'key: value' lines under it")]
    [InlineData("labels: {a: [1]}", "f.yaml:1:13: 'a' must be text, not a list; write one text, in quotes if it begins with '{' or '['")]
    [InlineData("labels: {a: }", "f.yaml:1:10: 'a' has no value; give it one or remove the key")]
    [InlineData("- 1", "f.yaml:1:1: the file must hold a mapping of keys to values, not a list; write 'key: value' lines")]
    [InlineData("port: 1\n---\nport: 2", "f.yaml:2:1: a second document begins here; keep one document in a file and remove '---'")]
    [InlineData("port: !!int 1", "f.yaml:1:7: tags are not taken; remove 'tag:yaml.org,2002:int'")]
    [InlineData("? [a]\n: 1", "f.yaml:1:3: a key must be text, not a list; write 'key: value', and put text that begins with '{' or '[' in quotes")]
    [InlineData("text: *gone", "f.yaml:1:7: alias '*gone' has no anchor before it; write '&gone' where its value stands", "f.yaml:1:7: 'text' is empty; write a text")]
    [InlineData("sub: &s {key: *s}", "f.yaml:1:15: alias '*s' has no anchor before it; write '&s' where its value stands", "f.yaml:1:15: 'key' is empty; write a text")]
    [InlineData("sub: {<<: {key: a}}", "f.yaml:1:7: '<<' (merge) is not taken; write the keys out")]
    public void Reader_says_place_fault_and_remedy(string text, params string[] errors)
    {
        var yaml = StrictYaml.Parse(text, "f.yaml");
        yaml.Root.Find("port")?.WholeNumber(1, 65535);
        yaml.Root.Find("rate")?.Number(0, 1);
        yaml.Root.Find("on")?.Bool();
        yaml.Root.Find("wait")?.Duration(TimeSpan.FromSeconds(10), TimeSpan.FromHours(1));
        yaml.Root.Find("mode")?.OneOf("slow", "fast");
        yaml.Root.Find("text")?.Text();
        yaml.Root.Find("labels")?.TextMap();
        yaml.Root.Find("sub")?.Mapping()?.Find("key")?.Text();
        Assert.Equal(errors.Order(), yaml.Finish().Select(error => error.ToString()).Order());
    }

    [Theory]
    [InlineData("a: [1", "a: [1")]
    [InlineData("a: b: c", "put text that holds ': '")]
    [InlineData("a:\n\t- b", "indent with spaces, not with tabs")]
    [InlineData("name: {dc}-x", "begins with one of {[*&%@ in quotes")]
    [InlineData("a: \"open", "")]
    [InlineData("%YAML 9.9\n---\na: b", "")]
    [InlineData("\0", "")]
    public void Reader_gives_one_error_with_a_remedy_for_a_syntax_error(string text, string remedy)
    {
        var yaml = StrictYaml.Parse(text, "f.yaml");
        yaml.Root.Require("name");
        var error = Assert.Single(yaml.Finish());
        Assert.StartsWith("not valid YAML: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("; ", error.Message, StringComparison.Ordinal);
        if (remedy != text) Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a remark\n")]
    [InlineData("---\n")]
    [InlineData("{}")]
    public void Reader_takes_an_empty_file_as_an_empty_mapping(string text)
    {
        var yaml = StrictYaml.Parse(text, "f.yaml");
        Assert.Null(yaml.Root.Find("a"));
        Assert.Empty(yaml.Finish());
        yaml.Root.Require("b");
        Assert.Contains("key 'b' is missing; add 'b: ...'", Assert.Single(yaml.Finish()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reader_resolves_aliases()
    {
        var yaml = StrictYaml.Parse("a: &x {k: v}\nb: *x", "f.yaml");
        Assert.Equal("v", yaml.Root.Find("a")?.Mapping()?.Find("k")?.Text());
        Assert.Equal("v", yaml.Root.Find("b")?.Mapping()?.Find("k")?.Text());
        Assert.Empty(yaml.Finish());
    }

    [Fact]
    public void Reader_refuses_deep_nesting_without_deep_recursion()
    {
        var yaml = StrictYaml.Parse($"a: {new string('[', 100_000)}", "f.yaml");
        Assert.Contains("nested more than 64 levels", Assert.Single(yaml.Finish()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reader_bounds_what_aliases_unfold_to()
    {
        // Ten to the ninth values in ten lines.
        var text = new StringBuilder("l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 9; i++) text.AppendLine($"l{i}: &l{i} [{string.Join(", ", Enumerable.Repeat($"*l{i - 1}", 10))}]");
        var yaml = StrictYaml.Parse(text.ToString(), "f.yaml");
        long values = 0;
        Unfold(yaml.Root.Require("l8")!);
        for (var i = 0; i < 8; i++) yaml.Root.Has($"l{i}");
        Assert.InRange(values, 1, 4_000_000);
        Assert.Contains("its aliases unfold to more than", Assert.Single(yaml.Finish()).Message, StringComparison.Ordinal);

        void Unfold(YamlValue value)
        {
            if (!value.IsList) return;
            foreach (var inner in value.List())
            {
                values++;
                Unfold(inner);
            }
        }
    }

    [Fact]
    public void Reader_lists_a_bounded_number_of_errors_in_the_order_of_the_text()
    {
        var text = string.Join('\n', Enumerable.Range(0, 5_000).Select(i => $"key{i}: 1"));
        var errors = StrictYaml.Parse(text, "f.yaml").Finish();
        Assert.Equal(StrictYaml.MaxErrors + 1, errors.Count);
        Assert.Equal("and 4,900 more errors; correct these first", errors[^1].Message);
        Assert.True(errors.Zip(errors.Skip(1)).All(pair => pair.First.Line <= pair.Second.Line));
    }

    [Fact]
    public void Reader_never_throws_for_text_made_of_yaml_characters() =>
        Property.Holds(Property.Randoms, random =>
        {
            const string characters = "ab:- \n\t{}[]\"'&*!|>%@#?,0~";
            var text = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => characters[random.Next(characters.Length)]));
            var yaml = StrictYaml.Parse(text, "f.yaml");
            yaml.Root.Find("a")?.TextMap();
            yaml.Root.Find("b")?.List();
            Assert.All(yaml.Finish(), error => Assert.True(error is { Line: > 0, Column: > 0 } && error.Message.Contains("; ", StringComparison.Ordinal)));
        }, 20_000);
}
