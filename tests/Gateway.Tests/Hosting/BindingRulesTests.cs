using Microsoft.Extensions.Options;
using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Tests.Hosting;

public sealed class BindingRulesTests
{
    private static readonly DoorOptions Upstream = new() { TlsEndsUpstream = true };

    [Theory]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://127.1.2.3:80")]
    [InlineData("http://localhost:0")]
    [InlineData("http://[::1]:8080")]
    [InlineData("http://unix:/run/gateway.sock")]
    public void Lets_loopback_addresses_be(string address) => Assert.Null(Refusal(new DoorOptions(), logins: false, address));

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://[::]:8080")]
    [InlineData("http://*:8080")]
    [InlineData("https://+:8080")]
    [InlineData("http://192.0.2.1:8080")]
    [InlineData("https://gateway.example:8080")]
    public void Refuses_others_where_nobody_can_log_in_and_says_what_to_do(string address)
    {
        var refusal = Refusal(Upstream with { Anonymous = true }, logins: false, "http://127.0.0.1:1", address);

        Assert.Contains(address, refusal, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", refusal, StringComparison.Ordinal);
        Assert.Contains("Tidings:BootstrapAdmin", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_to_carry_passwords_in_the_clear() =>
        Assert.Contains("Tidings:TlsEndsUpstream=true", Refusal(new DoorOptions(), logins: true, "http://0.0.0.0:8080"), StringComparison.Ordinal);

    [Fact]
    public void Listens_anywhere_with_log_ins_and_tls() => Assert.Null(Refusal(new DoorOptions(), logins: true, "https://0.0.0.0:8443", "http://127.0.0.1:8080"));

    [Fact]
    public void Listens_anywhere_with_log_ins_and_tls_upstream() => Assert.Null(Refusal(Upstream, logins: true, "http://0.0.0.0:8080"));

    private static string? Refusal(DoorOptions options, bool logins, params string[] addresses) =>
        new BindingRules(Options.Create(options), new Presence(logins)).RefusalOf(addresses);
}

internal sealed record Presence(bool IsConfigured) : IAuthenticationPresence
{
    public ValueTask<bool> LookAsync() => ValueTask.FromResult(IsConfigured);
}
