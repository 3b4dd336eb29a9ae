using Tidings.Protocols.Personium;

namespace Tidings.Protocols.Tests.Personium;

public sealed class StreamPathTests
{
    [Theory]
    [InlineData("stream-collection1.topic.name", "stream-collection1", "name")]
    [InlineData("dir.dir2.col1.topic.t1", "dir/dir2/col1", "t1")]
    public void A_sockets_path_has_dots_for_slashes(string path, string collection, string name)
    {
        Assert.True(StreamPath.TryParseSocket(path, out var stream));
        Assert.Equal(new StreamPath(collection, StreamKind.Topic, name), stream);
        Assert.Equal($"{collection}/topic/{name}", stream.Path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("topic.t1")]
    [InlineData("col1.t1")]
    [InlineData("col1.queue.q1")]
    [InlineData("col1.topic.")]
    [InlineData(".topic.t1")]
    [InlineData("col1..topic.t1")]
    [InlineData("col1.Topic.t1")]
    [InlineData("col1/topic/t1")]
    [InlineData("col1.topic.t 1")]
    [InlineData("col%2F1.topic.t:1")]
    public void Other_paths_are_no_topic(string path) => Assert.False(StreamPath.TryParseSocket(path, out _));

    [Theory]
    [InlineData("col1/queue/q1", "col1", StreamKind.Queue, "q1")]
    [InlineData("col1/queue/q1('key')", "col1", StreamKind.Queue, "q1")]
    [InlineData("a/b/topic/t.1", "a/b", StreamKind.Topic, "t.1")]
    public void A_requests_path_has_slashes(string path, string collection, StreamKind kind, string name)
    {
        Assert.True(StreamPath.TryParse(path, out var stream));
        Assert.Equal(new StreamPath(collection, kind, name), stream);
    }

    [Theory]
    [InlineData("col1/queue/('key')")]
    [InlineData("../queue/q1")]
    [InlineData("col1/queue/..")]
    [InlineData("col1/./topic/t1")]
    [InlineData("col1\u0000/topic/t1")]
    [InlineData("col1/other/t1")]
    public void Other_requests_are_no_stream(string path) => Assert.False(StreamPath.TryParse(path, out _));

    [Theory]
    [InlineData("a b")]
    [InlineData("a\\b")]
    [InlineData("a?")]
    [InlineData("a\u007f")]
    [InlineData("")]
    [InlineData(".")]
    public void Names_of_collections_are_bounded(string name) => Assert.False(DavNames.IsName(name));

    [Fact]
    public void A_name_has_a_longest_length()
    {
        Assert.True(DavNames.IsName(new string('a', DavNames.MaxLength)));
        Assert.False(DavNames.IsName(new string('a', DavNames.MaxLength + 1)));
    }
}
