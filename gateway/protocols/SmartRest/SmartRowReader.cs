using System.Text;
using System.Text.Unicode;

namespace Tidings.Protocols.SmartRest;

/// <summary>
/// Reads bodies of SmartREST: comma-separated rows in UTF-8, ended by LF or CRLF.
/// <code>
/// body  = *( row LF ) [ row ]
/// row   = value *( "," value )
/// value = blank* ( bare / quoted ) blank*      ; blanks around a value are not part of it
/// quoted = DQUOTE *( char / DQUOTE DQUOTE ) DQUOTE  ; may hold commas and line ends
/// </code>
/// A quote inside a bare value is an ordinary character. A row whose quote is broken ends with the line in which that quote
/// opened, so that the rows after it are still read.
/// </summary>
public static class SmartRowReader
{
    /// <summary>Reads all rows; a row that cannot be read carries its fault and the others are not concerned.</summary>
    public static IReadOnlyList<SmartRow> Read(ReadOnlySpan<byte> utf8, SmartRestLimits limits)
    {
        var body = new Scanner(utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8, limits);
        var rows = new List<SmartRow>();
        while (body.TryReadRow(out var row))
            rows.Add(row);
        return rows;
    }

    private ref struct Scanner(ReadOnlySpan<byte> body, SmartRestLimits limits)
    {
        private readonly ReadOnlySpan<byte> _body = body;
        private int _at;
        private int _line;
        private List<string> _fields = [];
        private SmartRowFault _fault;

        public bool TryReadRow(out SmartRow row)
        {
            row = null!;
            if (!SkipBlankLines())
                return false;
            if (++_line > limits.MaxRows)
            {
                _at = _body.Length;
                row = new SmartRow(_line, [], SmartRowFault.TooManyRows);
                return true;
            }

            (_fields, _fault) = ([], SmartRowFault.None);
            ReadFields();
            row = new SmartRow(_line, _fault == SmartRowFault.None ? _fields : [], _fault);
            return true;
        }

        private bool SkipBlankLines()
        {
            while (_at < _body.Length)
            {
                var text = SkipBlanks(_at);
                if (text == _body.Length)
                    return false;
                if (_body[text] != (byte)'\n')
                    return true;
                _at = text + 1;
            }

            return false;
        }

        private void ReadFields()
        {
            var start = _at;
            while (ReadField() && _at < _body.Length && _body[_at] == (byte)',')
                _at++;
            if (_at - start > limits.MaxRowBytes)
                Fail(SmartRowFault.TooLong);
            if (_at < _body.Length)
                _at++; // the LF
        }

        private bool ReadField()
        {
            _at = SkipBlanks(_at);
            if (_at < _body.Length && _body[_at] == (byte)'"')
                return ReadQuoted();
            var length = _body[_at..].IndexOfAny((byte)',', (byte)'\n');
            var end = length < 0 ? _body.Length : _at + length;
            Keep(SmartText.Trim(_body[_at..end]), pairs: false);
            _at = end;
            return true;
        }

        private bool ReadQuoted()
        {
            var (open, pairs) = (_at, false);
            for (var at = open + 1; _body[at..].IndexOf((byte)'"') is >= 0 and var length; pairs = true)
            {
                var quote = at + length;
                at = quote + 2;
                if (at <= _body.Length && _body[at - 1] == (byte)'"')
                    continue;
                _at = SkipBlanks(quote + 1);
                if (_at < _body.Length && _body[_at] is not ((byte)',' or (byte)'\n'))
                    break;
                Keep(_body[(open + 1)..quote], pairs);
                return true;
            }

            var line = _body[open..].IndexOf((byte)'\n');
            _at = line < 0 ? _body.Length : open + line;
            Fail(SmartRowFault.BrokenQuote);
            return false;
        }

        private void Keep(ReadOnlySpan<byte> value, bool pairs)
        {
            if (value.Length > limits.MaxRowBytes)
                Fail(SmartRowFault.TooLong);
            else if (_fields.Count >= limits.MaxFields)
                Fail(SmartRowFault.TooManyFields);
            else if (!Utf8.IsValid(value))
                Fail(SmartRowFault.NotUtf8);
            if (_fault != SmartRowFault.None)
                return;
            var text = Encoding.UTF8.GetString(value);
            _fields.Add(pairs ? text.Replace("\"\"", "\"", StringComparison.Ordinal) : text);
        }

        private void Fail(SmartRowFault fault)
        {
            if (_fault == SmartRowFault.None)
                _fault = fault;
        }

        private readonly int SkipBlanks(int at)
        {
            var length = _body[at..].IndexOfAnyExcept(SmartText.Blanks);
            return length < 0 ? _body.Length : at + length;
        }
    }
}
