namespace Tidings.Gateway.Identity.Storage;

/// <summary>Whose log-ins are whose, each one's in the order in which they were last written.</summary>
internal sealed class GrantOwners
{
    private readonly Dictionary<string, string> _ownerOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _of = new(StringComparer.Ordinal);

    public void Add(string owner, string grant)
    {
        Remove(grant);
        _ownerOf[grant] = owner;
        (_of.TryGetValue(owner, out var grants) ? grants : _of[owner] = []).Add(grant);
    }

    public void Remove(string grant)
    {
        if (_ownerOf.Remove(grant, out var owner) && _of[owner].Remove(grant) && _of[owner].Count == 0)
        {
            _of.Remove(owner);
        }
    }

    /// <summary>An owner's first ones, which are more than so many.</summary>
    public string[] Beyond(string owner, int most) => _of.TryGetValue(owner, out var grants) && grants.Count > most ? [.. grants.Take(grants.Count - most)] : [];
}
