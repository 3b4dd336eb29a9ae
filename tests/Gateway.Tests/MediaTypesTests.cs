namespace Tidings.Gateway.Tests;

public sealed class MediaTypesTests
{
    [Theory]
    [InlineData("application/json", true)]
    [InlineData("Application/JSON", true)]
    [InlineData("application/json; charset=utf-8", true)]
    [InlineData("application/problem+json", true)]
    [InlineData("application/vnd.x+JSON ; a=b", true)]
    [InlineData("application/jsonp", false)]
    [InlineData("text/plain", false)]
    [InlineData("text/plain; type=application/json", false)]
    [InlineData("", false)]
    public void Knows_json_and_its_relatives(string mediaType, bool isJson) => Assert.Equal(isJson, MediaTypes.IsJson(mediaType));

    [Theory]
    [InlineData("text/plain", true)]
    [InlineData("TEXT/csv; charset=utf-8", true)]
    [InlineData("application/text", false)]
    public void Knows_text(string mediaType, bool isText) => Assert.Equal(isText, MediaTypes.IsText(mediaType));

    [Theory]
    [InlineData("text/plain", "text/plain")]
    [InlineData("text/plain ; charset=utf-8", "text/plain")]
    [InlineData(" text/plain;", "text/plain")]
    public void Tells_the_essence_from_the_parameters(string mediaType, string essence) =>
        Assert.Equal(essence, MediaTypes.Essence(mediaType).ToString());
}
