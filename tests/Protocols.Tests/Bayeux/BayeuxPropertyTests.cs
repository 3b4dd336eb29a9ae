using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Tidings.Protocols.Bayeux;

namespace Tidings.Protocols.Tests.Bayeux;

public sealed class BayeuxPropertyTests
{
    private static readonly Config Config = Config.QuickThrowOnFailure.WithMaxTest(500);

    [Fact]
    public void Data_of_any_JSON_goes_through_unchanged() => Check(BayeuxGenerators.Value, value =>
    {
        var message = Read($$"""[{"channel":"/a","data":{{value}}}]""").Messages.Single();
        var delivery = Read(Delivery(message)).Messages.Single();

        return Text(message.Data) == value.Trim() && Text(delivery.Data) == value.Trim();
    });

    [Fact]
    public void Any_bytes_give_a_result() =>
        Check(ArbMap.Default.GeneratorFor<byte[]>(), bytes => IsConsistent(BayeuxReader.Read(bytes, BayeuxReaderLimits.Default)));

    [Fact]
    public void Any_bytes_of_JSON_punctuation_give_a_result() =>
        Check(Gen.Elements("{}[]\",:\\u0aé1-.e tn".ToCharArray()).ArrayOf(), chars => IsConsistent(Read(new string(chars))));

    [Fact]
    public void Any_mutation_of_a_batch_gives_a_result() =>
        Check(Mutated(), bytes => IsConsistent(BayeuxReader.Read(bytes, BayeuxReaderLimits.Default)));

    [Fact]
    public void Any_batch_of_objects_is_read_and_what_is_written_of_it_is_JSON() => Check(BayeuxGenerators.Batch, batch =>
    {
        var result = Read(batch);
        return result.Failure is BayeuxReadFailure.None or BayeuxReadFailure.Empty
            && result.Messages.All(message => IsObject(Reply(message)) && IsObject(Delivery(message)) && IsScript(Reply(message)));
    });

    [Fact]
    public void No_member_of_the_envelope_leaks_into_a_delivery() => Check(BayeuxGenerators.Message, json =>
    {
        var message = Read(json).Messages.Single();
        return Names(Delivery(message)).All(name => name is "channel" or "data" or "ext" || !BayeuxGenerators.Envelope.Contains(name));
    });

    [Fact]
    public void No_escaped_name_of_the_envelope_is_an_unknown_member() => Check(BayeuxGenerators.EnvelopeName, name =>
        Read($$"""{"a":1,"{{name}}":"x","b":2}""").Messages.Single() is var message && Text(message.Extras) == "\"a\":1,\"b\":2");

    [Fact]
    public void An_owned_copy_is_written_as_its_original() => Check(BayeuxGenerators.Message, json =>
        Read(json).Messages.Single() is var message && Reply(message) == Reply(message.ToOwned()));

    [Fact]
    public void Any_text_is_written_as_a_string_that_reads_back() => Check(ArbMap.Default.GeneratorFor<string>(), text =>
    {
        var output = new ArrayBufferWriter<byte>();
        BayeuxText.WriteString(output, text);
        var wellFormed = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
        return JsonSerializer.Deserialize<string>(output.WrittenSpan) == wellFormed;
    });

    [Fact]
    public void Any_bytes_go_through_Z85() => Check(ArbMap.Default.GeneratorFor<byte[]>(), bytes =>
        Z85.TryDecode(Z85.Encode(bytes), out var decoded) && decoded.SequenceEqual(bytes));

    [Fact]
    public void Any_text_is_Z85_or_refused() => Check(ArbMap.Default.GeneratorFor<string>(), text =>
        !Z85.TryDecode(text, out var bytes) || bytes.Length == text.Length * 4 / 5);

    [Fact]
    public void Any_form_gives_a_result_and_an_encoded_one_its_messages() => Check(ArbMap.Default.GeneratorFor<byte[]>(), bytes =>
    {
        byte[] raw = [.. "message="u8, .. bytes];
        var encoded = Encoding.ASCII.GetBytes("message=" + string.Concat(bytes.Select(b => $"%{b:x2}")));
        BayeuxForm.TryReadMessages(raw, 10, out _);

        return BayeuxForm.TryReadMessages(encoded, 10, out var messages) && messages.Single().Span.SequenceEqual(bytes);
    });

    private static Gen<byte[]> Mutated() =>
        from batch in BayeuxGenerators.Batch
        from position in Gen.Choose(0, int.MaxValue)
        from change in Gen.Choose(0, 3)
        from value in Gen.Choose(0, 255)
        select Mutate(Encoding.UTF8.GetBytes(batch), position, change, (byte)value);

    private static byte[] Mutate(byte[] json, int position, int change, byte value)
    {
        var at = position % json.Length;
        return change switch
        {
            0 => [.. json[..at], value, .. json[(at + 1)..]],
            1 => [.. json[..at], .. json[(at + 1)..]],
            2 => json[..at],
            _ => [.. json[..at], value, .. json[at..]],
        };
    }

    private static void Check<T>(Gen<T> generator, Func<T, bool> property) =>
        Prop.ForAll(generator.ToArbitrary(), property).Check(Config);

    private static bool IsConsistent(BayeuxReadResult result) => result.IsSuccess == result.Messages.Count > 0;

    private static bool IsObject(string json) => JsonDocument.Parse(json).RootElement.ValueKind == JsonValueKind.Object;

    private static bool IsScript(string json)
    {
        var output = new ArrayBufferWriter<byte>();
        BayeuxWriter.WriteJsonp(output, JsonpCallback.Default, Encoding.UTF8.GetBytes(json));
        var script = Text(output.WrittenMemory);
        return !script.Contains('<') && !script.Contains('\u2028') && IsObject(script[("/**/".Length + JsonpCallback.Default.Length + 1)..^2]);
    }

    private static List<string> Names(string json)
    {
        var names = new List<string>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            names.Add(NameOf(ref reader));
            reader.Skip();
        }

        return names;
    }

    private static string NameOf(ref Utf8JsonReader reader)
    {
        var raw = Encoding.UTF8.GetString(reader.ValueSpan);
        return raw.Contains("\\ud800", StringComparison.Ordinal) ? raw : reader.GetString()!;
    }

    private static BayeuxReadResult Read(string json) => BayeuxReader.Read(Encoding.UTF8.GetBytes(json), BayeuxReaderLimits.Default);

    private static string Reply(BayeuxMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        BayeuxWriter.WriteReply(output, message);
        return Text(output.WrittenMemory);
    }

    private static string Delivery(BayeuxMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        BayeuxWriter.WriteDelivery(output, message.Channel ?? "/a", message.Data.Span, message.Ext.Span, message.Extras.Span);
        return Text(output.WrittenMemory);
    }

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
