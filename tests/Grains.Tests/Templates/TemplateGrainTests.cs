using System.Globalization;
using Tidings.Grains.Cluster;

namespace Tidings.Grains.Templates;

public sealed class TemplateGrainTests : IAsyncLifetime
{
    private const int SetsPerTenant = 3;
    private static readonly byte[] Source = "11,100,,,$.id\n"u8.ToArray();
    private TestCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await TestCluster.StartAsync(1, new TidingsLimits { TemplateSetsPerTenant = SetsPerTenant });

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task A_set_that_was_created_is_found_by_its_X_Id_and_by_its_number()
    {
        Assert.Null(await Grain("device").Find(0));

        var created = (await Grain("device").Create(Source)).Record;
        var found = await Grain("device").Find(0);
        var byNumber = await Grain(created!.Number.ToString(CultureInfo.InvariantCulture)).Find(0);

        Assert.Equal(Source, found!.Source);
        Assert.Equal((created.Number, created.Version), (found.Number, found.Version));
        Assert.Equal((found.Number, found.Version), (byNumber!.Number, byNumber.Version));
        Assert.Equal(Source, byNumber.Source);
    }

    [Fact]
    public async Task A_set_that_could_not_be_stored_is_none_and_can_be_created_again()
    {
        var storage = new BrokenStorage();
        await using var cluster = await TestCluster.StartAsync(1, new TidingsLimits { TemplateSetsPerTenant = 1 }, storage: storage);
        var grain = cluster.Client.GetGrain<ITemplateGrain>(TemplateId.ToKey(ChannelId.DefaultTenant, "device"));
        storage.Refuses = "device";
        await Assert.ThrowsAnyAsync<Exception>(() => grain.Create(Source));
        storage.Refuses = null;

        await Eventually.Is(async () => await grain.Find(0) is null, () => "an end of what was not stored");
        Assert.Equal(TemplateCreationStatus.Created, (await grain.Create(Source)).Status);
    }

    [Fact]
    public async Task A_version_that_is_known_is_not_sent_again()
    {
        var created = (await Grain("device").Create(Source)).Record;

        Assert.Null((await Grain("device").Find(created!.Version))!.Source);
    }

    [Fact]
    public async Task A_set_is_created_once()
    {
        var created = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Grain("device").Create(Source)));

        var number = Assert.Single(created, creation => creation.Status == TemplateCreationStatus.Created).Record!.Number.ToString(CultureInfo.InvariantCulture);
        Assert.Equal(TemplateCreationStatus.Exists, (await Grain(number).Create(Source)).Status);
    }

    [Fact]
    public async Task A_set_that_was_deleted_can_be_created_anew_under_its_number_with_a_later_version()
    {
        var first = (await Grain("device").Create(Source)).Record;
        var number = first!.Number.ToString(CultureInfo.InvariantCulture);

        Assert.True(await Grain(number).Delete());
        Assert.False(await Grain("device").Delete());
        Assert.Null(await Grain("device").Find(first.Version));
        Assert.Null(await Grain(number).Find(0));

        var second = (await Grain("device").Create(Source)).Record;
        Assert.Equal(first.Number, second!.Number);
        Assert.True(second.Version > first.Version);
    }

    [Fact]
    public async Task Tenants_do_not_see_each_others_sets()
    {
        var created = (await Grain("device").Create(Source)).Record;

        Assert.Null(await Grain("device", "other").Find(0));
        Assert.Null(await Grain(created!.Number.ToString(CultureInfo.InvariantCulture), "other").Find(0));
        Assert.NotNull((await Grain("device", "other").Create(Source)).Record);
    }

    [Fact]
    public async Task A_number_that_a_set_has_for_a_name_is_given_to_no_other()
    {
        await Grain("17").Create(Source);

        Assert.False(await Grain("17").Claim("device"));
        Assert.True(await Grain("18").Claim("device"));
        Assert.True(await Grain("18").Claim("device"));
        Assert.False(await Grain("18").Claim("another"));
    }

    [Fact]
    public async Task A_tenant_has_no_more_sets_than_it_may_and_one_that_is_deleted_makes_room()
    {
        for (var i = 1; i < SetsPerTenant; i++)
        {
            Assert.Equal(TemplateCreationStatus.Created, (await Grain($"{i}th", "full").Create(Source)).Status);
        }

        Assert.Equal(TemplateCreationStatus.Created, (await Grain("one", "full").Create(Source)).Status);
        Assert.Equal(TemplateCreationStatus.TooMany, (await Grain("two", "full").Create(Source)).Status);
        Assert.Equal(TemplateCreationStatus.Exists, (await Grain("one", "full").Create(Source)).Status);
        Assert.True(await Grain("one", "full").Delete());
        Assert.Equal(TemplateCreationStatus.Created, (await Grain("two", "full").Create(Source)).Status);
    }

    private ITemplateGrain Grain(string xid, string tenant = "default") =>
        _cluster.Client.GetGrain<ITemplateGrain>(TemplateId.ToKey(tenant, xid));
}
