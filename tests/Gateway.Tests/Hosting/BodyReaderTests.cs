using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tidings.Gateway.Hosting;

namespace Tidings.Gateway.Tests.Hosting;

public sealed class BodyReaderTests
{
    private readonly Pipe _pipe = new();

    [Fact]
    public async Task Reads_a_body_that_comes_in_parts()
    {
        var reading = BodyReader.ReadAsync(Request(null), 6, CancellationToken.None).AsTask();
        await _pipe.Writer.WriteAsync("abc"u8.ToArray());
        await _pipe.Writer.WriteAsync("def"u8.ToArray());
        Assert.False(reading.IsCompleted);
        await _pipe.Writer.CompleteAsync();

        Assert.Equal("abcdef"u8.ToArray(), (await reading)!.Value.ToArray());
    }

    [Fact]
    public async Task Reads_an_empty_body()
    {
        await _pipe.Writer.CompleteAsync();

        Assert.Equal(0, (await BodyReader.ReadAsync(Request(null), 6, CancellationToken.None))!.Value.Length);
    }

    [Fact]
    public async Task Refuses_a_larger_body_as_soon_as_it_is_larger()
    {
        await _pipe.Writer.WriteAsync("abcdefg"u8.ToArray());

        Assert.Null(await BodyReader.ReadAsync(Request(null), 6, CancellationToken.None));
    }

    [Fact]
    public async Task Refuses_a_larger_declared_length_without_reading() =>
        Assert.Null(await BodyReader.ReadAsync(Request(7), 6, CancellationToken.None));

    private HttpRequest Request(long? length)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IRequestBodyPipeFeature>(new Body(_pipe.Reader));
        context.Request.ContentLength = length;
        return context.Request;
    }

    private sealed class Body(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }
}
