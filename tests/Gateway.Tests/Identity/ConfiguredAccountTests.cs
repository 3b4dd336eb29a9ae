using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Identity.Accounts;

namespace Tidings.Gateway.Tests.Identity;

/// <summary>Accounts that follow the configuration.</summary>
public sealed class ConfiguredAccountTests
{
    private readonly Followed _options = new();

    [Fact]
    public void A_server_that_loses_its_last_user_does_not_open()
    {
        _options.Become(With("ann", "correct horse"));
        using var accounts = new ConfiguredAccounts(_options, new PasswordHasher<User>());

        _options.Become(new Gateway.Identity.IdentityOptions());

        Assert.Null(accounts.Find("default", "ann"));
        Assert.False(accounts.IsEmpty);
    }

    [Fact]
    public void A_server_without_users_is_closed_by_its_first()
    {
        using var accounts = new ConfiguredAccounts(_options, new PasswordHasher<User>());
        Assert.True(accounts.IsEmpty);

        _options.Become(With("ann", "correct horse"));

        Assert.False(accounts.IsEmpty);
    }

    [Fact]
    public void Only_a_password_that_changed_is_hashed_anew()
    {
        _options.Become(With("ann", "correct horse"));
        using var accounts = new ConfiguredAccounts(_options, new PasswordHasher<User>());
        var before = accounts.Find("default", "ann")!;
        var changes = 0;
        accounts.Changed += () => changes++;

        _options.Become(With("ann", "correct horse", "reader"));
        var same = accounts.Find("default", "ann")!;
        _options.Become(With("ann", "battery staple"));
        var other = accounts.Find("default", "ann")!;

        Assert.Equal((before.PasswordHash, before.Stamp, "reader"), (same.PasswordHash, same.Stamp, same.Roles.Single()));
        Assert.NotEqual(before.PasswordHash, other.PasswordHash);
        Assert.NotEqual(before.Stamp, other.Stamp);
        Assert.Equal(2, changes);
    }

    private static Gateway.Identity.IdentityOptions With(string user, string password, params string[] roles) =>
        new() { Users = { [user] = new Gateway.Identity.UserOptions { Password = password, Roles = roles } } };

    /// <summary>Options that a test changes.</summary>
    private sealed class Followed : IOptionsMonitor<Gateway.Identity.IdentityOptions>
    {
        private Action<Gateway.Identity.IdentityOptions, string?>? _listener;

        public Gateway.Identity.IdentityOptions CurrentValue { get; private set; } = new();

        public Gateway.Identity.IdentityOptions Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<Gateway.Identity.IdentityOptions, string?> listener)
        {
            _listener = listener;
            return null;
        }

        public void Become(Gateway.Identity.IdentityOptions options)
        {
            CurrentValue = options;
            _listener?.Invoke(options, null);
        }
    }
}
