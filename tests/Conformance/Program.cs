using Tidings.Conformance.Catalog;
using Tidings.Conformance.Sites;

// Judges one server:  dotnet run --project tests/Conformance -- http://host/cometd [generic|tidings|faye] [case,case...]
// "tidings" or "faye" in place of the address starts the server first; "list" prints the cases.
if (args is [])
{
    Console.Error.WriteLine("say which server: http://host/cometd, tidings or faye; then, if wanted, a profile and case numbers; or: list");
    return 2;
}

if (args[0] == "list")
{
    Console.WriteLine(string.Join('\n', CaseTable.Rows()));
    return 0;
}

Site site = args[0] switch
{
    "tidings" => new TidingsSite(),
    "faye" => new FayeSite(),
    var url => ExternalSites.Create(url, args.ElementAtOrDefault(1)),
};
var wanted = args.ElementAtOrDefault(2)?.Split(',');
await using var run = new ConformanceRun(site, item => wanted is null || wanted.Contains(item.Number) || wanted.Contains($"{item.Demand.Number}"));

var outcomes = new List<Outcome>();
foreach (var pending in run.Outcomes)
{
    outcomes.Add(await pending);
    Console.WriteLine(outcomes[^1]);
}

var met = outcomes.Count(outcome => outcome.Failure is null);
var surprises = outcomes.Count(outcome => !outcome.AsExpected);
Console.WriteLine($"{site.Name}: {met} of {outcomes.Count} met, {surprises} not as expected");
return surprises == 0 ? 0 : 1;
