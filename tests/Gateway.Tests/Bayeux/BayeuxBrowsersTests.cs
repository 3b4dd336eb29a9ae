using Microsoft.AspNetCore.Http;
using Tidings.Gateway.Bayeux;
using Tidings.Gateway.Tests.Hosting;

namespace Tidings.Gateway.Tests.Bayeux;

public sealed class BayeuxBrowsersTests
{
    private readonly BayeuxBrowsers _browsers = new(new Fixed<BayeuxOptions>(new BayeuxOptions { MaxSessionsPerBrowser = 1 }));
    private readonly BayeuxSession _one = new();
    private readonly BayeuxSession _other = new();

    [Fact]
    public void A_browser_holds_one_connect_until_it_is_answered()
    {
        var (first, second) = (Call("browser"), Call("browser"));

        Assert.True(TryHold(first, _one));
        Assert.False(TryHold(second, _other));
        _browsers.Release(second, _other);
        Assert.False(TryHold(Call("browser"), _other));

        _browsers.Release(first, _one);
        Assert.True(TryHold(second, _other));
    }

    [Fact]
    public void A_connect_that_another_of_its_session_ended_does_not_free_the_place_of_that()
    {
        var (first, second) = (Call("browser"), Call("browser"));

        Assert.True(TryHold(first, _one));
        Assert.True(TryHold(second, _one));
        _browsers.Release(first, _one);
        Assert.False(TryHold(Call("browser"), _other));

        _browsers.Release(second, _one);
        Assert.True(TryHold(Call("browser"), _other));
    }

    [Theory]
    [InlineData("another")]
    [InlineData(null)]
    public void Other_browsers_and_clients_without_a_cookie_are_not_counted(string? browser)
    {
        Assert.True(TryHold(Call("browser"), _one));

        Assert.True(TryHold(Call(browser), _other));
    }

    private bool TryHold(BayeuxCall call, BayeuxSession session) => _browsers.TryHold(new DefaultHttpContext(), call, session);

    private static BayeuxCall Call(string? browser) => new() { Exchange = null!, Dialect = null!, Rates = null!, IsSingle = true, Browser = browser };
}
