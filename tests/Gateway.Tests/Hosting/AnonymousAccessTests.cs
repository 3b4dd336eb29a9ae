using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Tests.Hosting;

/// <summary>Who is served without credentials.</summary>
public sealed class AnonymousAccessTests
{
    [Fact]
    public async Task Direct_callers_of_this_machine_are_in_development() => Assert.True(await IsServedAsync());

    [Fact]
    public async Task Nobody_is_elsewhere_than_in_development() => Assert.False(await IsServedAsync(environment: "Production"));

    [Fact]
    public async Task Nobody_is_when_switched_off() => Assert.False(await IsServedAsync(switched: false));

    [Fact]
    public async Task Everybody_is_when_switched_on() =>
        Assert.True(await IsServedAsync(switched: true, environment: "Production", address: "192.0.2.1", host: "gateway.example", header: "Via"));

    [Fact]
    public async Task A_caller_from_elsewhere_is_not() => Assert.False(await IsServedAsync(address: "192.0.2.1"));

    [Theory]
    [InlineData("Forwarded")]
    [InlineData("Via")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-Forwarded-Host")]
    [InlineData("x-forwarded-proto")]
    [InlineData("X-Original-For")]
    [InlineData("X-Real-IP")]
    public async Task A_forwarded_request_is_not(string header) => Assert.False(await IsServedAsync(header: header));

    [Fact]
    public async Task A_foreign_host_name_is_not() => Assert.False(await IsServedAsync(host: "rebound.example"));

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    public async Task A_foreign_page_is_not(string origin) => Assert.False(await IsServedAsync(origin: origin));

    [Fact]
    public async Task A_local_page_is() => Assert.True(await IsServedAsync(origin: "http://localhost:5173"));

    [Fact]
    public void A_request_that_passed_no_door_is_not() =>
        Assert.False(Access(null, Environments.Development).Allows(new DefaultHttpContext { Request = { Host = new HostString("localhost") } }));

    private static async Task<bool> IsServedAsync(
        bool? switched = null, string environment = "Development", string address = "127.0.0.1", string host = "localhost:8080", string? header = null, string? origin = null)
    {
        var context = new DefaultHttpContext { Request = { Host = new HostString(host) } };
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        if (header is not null)
        {
            context.Request.Headers[header] = "127.0.0.1";
        }

        if (origin is not null)
        {
            context.Request.Headers.Origin = origin;
        }

        await new DirectCaller(static _ => Task.CompletedTask).InvokeAsync(context);
        return Access(switched, environment).Allows(context);
    }

    private static AnonymousAccess Access(bool? switched, string environment) =>
        new(new Fixed<DoorOptions>(new DoorOptions { Anonymous = switched }), new Somewhere { EnvironmentName = environment });

    private sealed class Somewhere : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "";

        public string ApplicationName { get; set; } = "";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
