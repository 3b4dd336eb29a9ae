using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Tests.Hosting;

public sealed class BindingGuardTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://127.1.2.3:80")]
    [InlineData("http://localhost:0")]
    [InlineData("http://[::1]:8080")]
    [InlineData("http://unix:/run/gateway.sock")]
    public void Lets_loopback_addresses_be(string address) => BindingGuard.Check([address], new DoorOptions());

    [Theory]
    [InlineData("http://0.0.0.0:8080")]
    [InlineData("http://[::]:8080")]
    [InlineData("http://*:8080")]
    [InlineData("http://+:8080")]
    [InlineData("http://192.0.2.1:8080")]
    [InlineData("http://gateway.example:8080")]
    public void Refuses_others_and_says_what_to_do(string address)
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => BindingGuard.Check(["http://127.0.0.1:1", address], new DoorOptions()));

        Assert.Contains(address, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Tidings:Anonymous=true", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Listens_anywhere_once_anonymous_callers_are_allowed() =>
        BindingGuard.Check(["http://0.0.0.0:8080"], new DoorOptions { Anonymous = true });
}
