using Tidings.Silo;

var builder = WebApplication.CreateBuilder(args);
builder.AddTidingsSilo();
builder.Services.AddHealthChecks().AddTidingsSilo();

var app = builder.Build();
app.MapTidingsHealth();
await app.RunAsync();
