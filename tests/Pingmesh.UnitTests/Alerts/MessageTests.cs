using System.Text;
using System.Text.Json;
using Pingmesh.Core.Yaml;
using Pingmesh.Server.Alerts;
using Pingmesh.Server.Alerts.Delivery;
using Pingmesh.Server.Alerts.Messages;
using Pingmesh.Server.Alerts.Receivers;

namespace Pingmesh.UnitTests.Alerts;

public class MessageTests
{
    private static readonly Notification Awkward = new("chat", "dc=dc1", [Samples.Alert(summary: Samples.Awkward), Samples.Alert("two", AlertSeverity.Info) with { EndsAt = Samples.Now }]);

    // Made with openssl dgst -sha256 -hmac, and with Python's hmac.
    [Fact]
    public void Signatures_are_those_that_others_compute()
    {
        Assert.Equal("t=1700000000,v1=b818565009498d6980f18cd02e140c93528f621038a94cf111e7fee05f3a2bbf", WebhookSignature.Of("top secret", Samples.Now, Encoding.UTF8.GetBytes("{\"a\":1}")));
        Assert.Equal("cc11HBeN+cp3E+6BzF9NBPrju//twD9ZT1PZEAfuAnk=", FeishuMessage.Sign(1_700_000_000, "the secret"));
        Assert.Equal("IqXBU/aLfwMA3S/tDcfRmHx5vWHw9Y1aOgFLBr1Ti9w=", DingTalkMessage.Sign(1_700_000_000_123, "SECabc"));
        Assert.Equal(
            "https://oapi.example.com/robot/send?access_token=X&timestamp=1700000000123&sign=IqXBU%2FaLfwMA3S%2FtDcfRmHx5vWHw9Y1aOgFLBr1Ti9w%3D",
            DingTalkMessage.Signed(new Uri("https://oapi.example.com/robot/send?access_token=X"), "SECabc", DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123)).AbsoluteUri);
    }

    [Fact]
    public void Generic_message_keeps_every_character()
    {
        var json = JsonDocument.Parse(AlertJson.Bytes(AlertJson.Of(Awkward, Samples.Now))).RootElement;
        Assert.Equal("firing", json.GetProperty("status").GetString());
        Assert.Equal("critical", json.GetProperty("severity").GetString());
        Assert.Equal(Samples.Awkward, json.GetProperty("alerts")[0].GetProperty("summary").GetString());
        Assert.Equal("2023-11-14T22:13:20.000Z", json.GetProperty("alerts")[1].GetProperty("ends_at").GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("alerts")[0].GetProperty("ends_at").ValueKind);
    }

    [Fact]
    public void Slack_message_mentions_nobody_and_has_the_severitys_colour()
    {
        var json = JsonDocument.Parse(AlertJson.Bytes(SlackMessage.Of(Awkward))).RootElement;
        Assert.Contains("&lt;@U1&gt; &amp;", json.GetProperty("attachments")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal("#d00000", json.GetProperty("attachments")[0].GetProperty("color").GetString());
        Assert.Equal("[CRITICAL] PingmeshSilentDrops dc1/one and 1 more", json.GetProperty("text").GetString());
    }

    [Fact]
    public void Pagerduty_event_triggers_and_resolves_under_one_key()
    {
        var alert = Samples.Alert(summary: new string('é', 2_000));
        var trigger = JsonDocument.Parse(AlertJson.Bytes(PagerDutyMessage.Of(alert, "R123"))).RootElement;
        var resolve = JsonDocument.Parse(AlertJson.Bytes(PagerDutyMessage.Of(alert with { EndsAt = Samples.Now }, "R123"))).RootElement;
        Assert.Equal("R123", trigger.GetProperty("routing_key").GetString());
        Assert.Equal(("trigger", "resolve"), (trigger.GetProperty("event_action").GetString(), resolve.GetProperty("event_action").GetString()));
        Assert.Equal(trigger.GetProperty("dedup_key").GetString(), resolve.GetProperty("dedup_key").GetString());
        Assert.Equal("critical", trigger.GetProperty("payload").GetProperty("severity").GetString());
        Assert.InRange(Encoding.UTF8.GetByteCount(trigger.GetProperty("payload").GetProperty("summary").GetString()!), 1_000, 1_024);
    }

    [Fact]
    public void Chats_of_markdown_are_valid_and_within_their_size()
    {
        var many = new Notification("chat", "", [.. Enumerable.Range(0, 100).Select(i => Samples.Alert($"{i}", summary: Samples.Awkward))]);
        var feishu = JsonDocument.Parse(AlertJson.Bytes(FeishuMessage.Of(Awkward, "the secret", Samples.Now))).RootElement;
        Assert.Equal(("1700000000", "cc11HBeN+cp3E+6BzF9NBPrju//twD9ZT1PZEAfuAnk="), (feishu.GetProperty("timestamp").GetString(), feishu.GetProperty("sign").GetString()));
        Assert.Equal("red", feishu.GetProperty("card").GetProperty("header").GetProperty("template").GetString());
        Assert.False(FeishuMessage.Of(Awkward, null, Samples.Now).ContainsKey("sign"));
        var ding = JsonDocument.Parse(AlertJson.Bytes(DingTalkMessage.Of(many))).RootElement;
        Assert.InRange(Encoding.UTF8.GetByteCount(ding.GetProperty("markdown").GetProperty("text").GetString()!), 1_000, 20_000);
        var wecom = JsonDocument.Parse(AlertJson.Bytes(WeComMessage.Of(many))).RootElement;
        Assert.InRange(Encoding.UTF8.GetByteCount(wecom.GetProperty("markdown").GetProperty("content").GetString()!), 1_000, 4_096);
    }

    [Fact]
    public void Template_makes_valid_json_of_awkward_characters()
    {
        var template = MessageTemplate.Parse("""{"text": "{{title}}", "n": {{{version}}}, "all": [{{#alerts}}{"what": "{{summary}}", "dc": "{{labels.dc}}", "gone": "{{labels.none}}"}{{comma}}{{/alerts}}]}""", "t");
        var json = JsonDocument.Parse(template.Render(Awkward, Samples.Now)).RootElement;
        Assert.Equal(2, json.GetProperty("all").GetArrayLength());
        Assert.Equal(Samples.Awkward, json.GetProperty("all")[0].GetProperty("what").GetString());
        Assert.Equal("dc1", json.GetProperty("all")[1].GetProperty("dc").GetString());
        Assert.Equal("", json.GetProperty("all")[1].GetProperty("gone").GetString());
        Assert.Equal(1, json.GetProperty("n").GetInt32());
    }

    [Theory]
    [InlineData("a\n{{sumary}}", "t:2:1: there is no field 'sumary' of a message; use version")]
    [InlineData("{{#alerts}}{{nothing}}{{/alerts}}", "t:1:1: there is no field 'nothing' of an alert")]
    [InlineData("{{#alerts}} x", "{{#alerts}} does not end")]
    [InlineData("{{/alerts}}", "has no counterpart")]
    [InlineData("\n\n{{title", "t:3:1: a field begins and does not end")]
    public void Wrong_template_is_refused_with_its_line(string text, string message) =>
        Assert.Contains(message, Assert.Throws<ConfigurationException>(() => MessageTemplate.Parse(text, "t")).Message, StringComparison.Ordinal);

    [Fact]
    public void Alertmanager_gets_an_end_that_outlasts_two_lost_messages()
    {
        var json = JsonDocument.Parse(AlertJson.Bytes(AlertmanagerMessage.Of([Samples.Alert(), Samples.Alert("two") with { EndsAt = Samples.Now }], Samples.Now))).RootElement;
        Assert.Equal("2023-11-14T22:17:20.000Z", json[0].GetProperty("endsAt").GetString());
        Assert.Equal("2023-11-14T22:13:20.000Z", json[1].GetProperty("endsAt").GetString());
        Assert.Equal("PingmeshSilentDrops", json[0].GetProperty("labels").GetProperty("alertname").GetString());
    }
}
