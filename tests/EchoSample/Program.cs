using Tidings;
using Tidings.EchoSample;

var builder = WebApplication.CreateBuilder(args);
builder.AddTidings();
builder.Services.AddSingleton<IServiceHandler, EchoService>();
builder.Services.AddSingleton<IServiceHandler, KickService>();
builder.Services.AddSingleton<IBayeuxExtension>(new TraceExtension("first"));
builder.Services.AddSingleton<IBayeuxExtension>(new TraceExtension("second"));
builder.Services.AddSingleton<IBayeuxExtension, FaultyExtension>();
builder.Services.AddSingleton<IAuthorizationPolicy, SamplePolicy>();

var app = builder.Build();
app.MapTidings();
await app.RunAsync();
