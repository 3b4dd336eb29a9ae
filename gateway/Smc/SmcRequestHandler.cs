using System.Buffers;
using System.Net;
using Tidings.Protocols.Smc;

namespace Tidings.Gateway.Smc;

/// <summary>An answer on a notification socket, and what changes when it is written.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="Begins">The subscription whose events follow it.</param>
/// <param name="Ends">The subscription that has no more events before it.</param>
internal sealed record SmcReply(ReadOnlyMemory<byte> Frame, SmcSubscription? Begins = null, int? Ends = null)
{
    public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Carries out the requests of one notification socket, one after the other.</summary>
internal sealed class SmcRequestHandler(SmcSocketEndpoint services, SmcSession login, string secret, IPAddress? address)
{
    private readonly SmcSubscriptions _subscriptions = new();

    public async Task<SmcReply> CarryOutAsync(ReadOnlyMemory<byte> frame)
    {
        var request = SmcRequestReader.Read(frame, SmcReaderLimits.Default);
        try
        {
            return request.Kind switch
            {
                SmcRequestKind.Subscribe => await SubscribeAsync(request),
                SmcRequestKind.Unsubscribe => await UnsubscribeAsync(request),
                _ => Failure(request.Failure),
            };
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return Failure(SmcFailures.Unavailable);
        }
    }

    private async Task<SmcReply> SubscribeAsync(SmcRequest request)
    {
        if (request.Names.FirstOrDefault(name => !services.Catalog.HasType(name)) is { } unknown)
        {
            return Failure(SmcFailures.UnknownContext(unknown));
        }

        if (_subscriptions.Count >= services.Limits.SmcSubscriptionsPerSocket)
        {
            services.Metrics.Refused.Add(1, new KeyValuePair<string, object?>("reason", "smc_subscriptions"));
            return Failure(SmcFailures.TooManySubscriptions);
        }

        var subscription = SmcSubscription.Of(_subscriptions.NextId, request);
        if (!await MaySubscribeAsync(subscription))
        {
            return Failure(SmcFailures.Denied(request.Context));
        }

        var missing = _subscriptions.MissingFor(subscription);
        var status = missing.Length > 0 ? await services.Door.SubscribeAsync(login.Record.Tenant, secret, missing) : SubscribeStatus.Done;
        if (status != SubscribeStatus.Done)
        {
            var isOverBound = status is SubscribeStatus.TooMany or SubscribeStatus.TooManyChannels or SubscribeStatus.TooManyPatterns;
            return Failure(isOverBound ? SmcFailures.TooManySubscriptions : SmcFailures.Unavailable);
        }

        _subscriptions.Add(subscription);
        return new SmcReply(Written(output => SmcSocketWriter.WriteSubscribed(output, request.Context, subscription.Id)), Begins: subscription);
    }

    private async Task<SmcReply> UnsubscribeAsync(SmcRequest request)
    {
        var id = request.SubscriptionId;
        if (_subscriptions.Remove(id) is not { } free)
        {
            return Failure(SmcFailures.UnknownSubscription(id.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        try
        {
            if (free.Length > 0)
            {
                await services.Door.UnsubscribeAsync(login.Record.Tenant, secret, free);
            }
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            // What still comes is for no subscription, and passed over.
        }

        return new SmcReply(Written(output => SmcSocketWriter.WriteUnsubscribed(output, id)), Ends: id);
    }

    private async Task<bool> MaySubscribeAsync(SmcSubscription subscription)
    {
        foreach (var pattern in subscription.Patterns)
        {
            var decision = await services.Authorization.DecideAsync(
                new AuthorizationRequest
                {
                    Action = AuthorizationAction.Subscribe,
                    Tenant = login.Record.Tenant,
                    User = login.Principal,
                    Address = address,
                    Channel = pattern,
                },
                CancellationToken.None);
            if (!decision.IsAllowed)
            {
                return false;
            }
        }

        return true;
    }

    private static SmcReply Failure(string reason) => new(Written(output => SmcSocketWriter.WriteFailure(output, reason)));

    private static ReadOnlyMemory<byte> Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>(256);
        write(output);
        return output.WrittenMemory;
    }
}
