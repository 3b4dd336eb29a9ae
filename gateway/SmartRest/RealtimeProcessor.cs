using System.Buffers;
using Microsoft.Extensions.Options;
using Tidings.Gateway.Authorization;
using Tidings.Gateway.Sessions;
using Tidings.Protocols.SmartRest;

namespace Tidings.Gateway.SmartRest;

/// <summary>Carries out the rows of a real-time body. A poll is held by the endpoint, after all other rows.</summary>
internal sealed class RealtimeProcessor(
    SessionDoor door, TemplateSets sets, AuthorizationService authorization, IOptions<SmartRestOptions> options, IOptions<TidingsLimits> limits)
{
    private const string Protocol = "smartrest";

    /// <summary>Carries out one row; writes what answers it, which is nothing for a success that says nothing.</summary>
    public async Task ProcessAsync(RealtimeCall call, RealtimeCommand command, IBufferWriter<byte> output)
    {
        switch (command)
        {
            case RealtimeHandshake handshake:
                await OpenAsync(call, handshake, output);
                break;
            case RealtimeSubscribe subscribe:
                await SubscribeAsync(call, subscribe, output);
                break;
            case RealtimeUnsubscribe unsubscribe:
                await UnsubscribeAsync(call, unsubscribe, output);
                break;
            case RealtimeDisconnect disconnect:
                await DisconnectAsync(call, disconnect.ClientId);
                break;
            case RealtimeRefusal refusal:
                refusal.Error.Write(output);
                break;
        }
    }

    /// <summary>The session of a clientId, held by this gateway from now on; null if there is none.</summary>
    public async Task<LocalSession?> AttachAsync(RealtimeCall call, string clientId)
    {
        var secret = SmartClientId.Of(clientId).Secret;
        var session = await door.AttachAsync(call.Tenant, secret, call.User, Protocol, static () => new SmartSession());
        return session is { Protocol: SmartSession } ? session : null;
    }

    private async Task OpenAsync(RealtimeCall call, RealtimeHandshake handshake, IBufferWriter<byte> output)
    {
        if (await sets.FindAsync(call.Tenant, call.XId) is null)
        {
            SmartErrors.NoTemplate.Write(output);
            return;
        }

        if (!(await DecideAsync(call, AuthorizationAction.Handshake, null)).IsAllowed)
        {
            SmartErrors.Status(handshake.Line, StatusCodes.Status403Forbidden).Write(output);
            return;
        }

        if (call.Rates.Handshake() is not null || !call.Rates.TryEnterSession(out var place))
        {
            SmartErrors.Status(handshake.Line, StatusCodes.Status429TooManyRequests).Write(output);
            return;
        }

        var description = new SessionDescription
        {
            Protocol = Protocol,
            Lifetime = options.Value.SessionLifetime,
            Peer = call.Peer,
            Acknowledges = handshake.Reliable,
        };
        if (await door.OpenAsync(call.Tenant, description, new SmartSession(), call.User, place) is var (secret, _))
        {
            RealtimeWriter.WriteClientId(output, new SmartClientId(secret, handshake.Reliable).ToString());
        }
        else
        {
            SmartErrors.Status(handshake.Line, StatusCodes.Status429TooManyRequests).Write(output);
        }
    }

    private async Task SubscribeAsync(RealtimeCall call, RealtimeSubscribe row, IBufferWriter<byte> output)
    {
        foreach (var xid in row.XIds)
        {
            if (await sets.FindAsync(call.Tenant, xid) is null)
            {
                SmartErrors.NoTemplate.Write(output);
                return;
            }
        }

        if (await AttachAsync(call, row.ClientId) is not { } session)
        {
            WriteUnknown(call, output, row.ClientId);
        }
        else if (await RefuseAsync(call, row.Channel) is var (channel, status) && status is not null)
        {
            SmartErrors.Status(row.Line, status.Value).Write(output);
        }
        else
        {
            // The X-Ids first: a notification that comes at once is matched with all of them.
            await NoteAsync(session, channel, row.XIds);
            var subscribed = await door.SubscribeAsync(call.Tenant, SmartClientId.Of(row.ClientId).Secret, [channel]);
            if (subscribed == SubscribeStatus.TooMany)
            {
                await NoteAsync(session, channel, []);
            }

            Write(call, row, row.ClientId, subscribed, output);
        }
    }

    /// <summary>Replaces the X-Ids of a subscription, one change after the other.</summary>
    private Task<bool> NoteAsync(LocalSession session, string channel, IReadOnlyList<string> xids) => session.InTurn(() =>
    {
        var notes = SmartNotes.Of(session.Description!);
        return xids.Count > 0 || notes.XIds.ContainsKey(channel)
            ? door.NoteAsync(session, notes.With(channel, xids).ToBytes())
            : Task.FromResult(true);
    });

    private async Task UnsubscribeAsync(RealtimeCall call, RealtimeUnsubscribe row, IBufferWriter<byte> output)
    {
        if (!ChannelName.TryNormalize(call.Kind.ToCore(row.Channel), limits.Value, out var channel))
        {
            SmartErrors.Status(row.Line, StatusCodes.Status400BadRequest).Write(output);
            return;
        }

        var secret = SmartClientId.Of(row.ClientId).Secret;
        if (await door.TouchAsync(call.Tenant, secret, call.User) is not { Session: { Protocol: Protocol } description })
        {
            WriteUnknown(call, output, row.ClientId);
            return;
        }

        var status = await door.UnsubscribeAsync(call.Tenant, secret, [channel]);
        if (status == SubscribeStatus.Done && SmartNotes.Of(description).XIds.ContainsKey(channel) && await AttachAsync(call, row.ClientId) is { } session)
        {
            await NoteAsync(session, channel, []);
        }

        Write(call, row, row.ClientId, status, output);
    }

    private async Task DisconnectAsync(RealtimeCall call, string clientId)
    {
        if (await IsOwnAsync(call, clientId))
        {
            await door.CloseAsync(call.Tenant, SessionId.PublicOf(SmartClientId.Of(clientId).Secret), SessionEnd.Disconnected);
        }
    }

    private async ValueTask<bool> IsOwnAsync(RealtimeCall call, string clientId) =>
        await door.TouchAsync(call.Tenant, SmartClientId.Of(clientId).Secret, call.User) is { Session.Protocol: Protocol };

    private async ValueTask<(string Channel, int? Status)> RefuseAsync(RealtimeCall call, string name)
    {
        if (!ChannelName.TryNormalize(call.Kind.ToCore(name), limits.Value, out var channel))
        {
            return (name, StatusCodes.Status400BadRequest);
        }

        var allowed = ChannelName.KindOf(channel) == ChannelKind.Broadcast
            && (await DecideAsync(call, AuthorizationAction.Subscribe, channel)).IsAllowed;
        return (channel, allowed ? null : StatusCodes.Status403Forbidden);
    }

    private ValueTask<AuthorizationDecision> DecideAsync(RealtimeCall call, AuthorizationAction action, string? channel) => authorization.DecideAsync(
        new AuthorizationRequest { Action = action, Tenant = call.Tenant, User = call.User, Address = call.Address, Channel = channel }, CancellationToken.None);

    private static void Write(RealtimeCall call, RealtimeCommand row, string clientId, SubscribeStatus status, IBufferWriter<byte> output)
    {
        switch (status)
        {
            case SubscribeStatus.Done:
                break;
            case SubscribeStatus.UnknownSession:
                WriteUnknown(call, output, clientId);
                break;
            case SubscribeStatus.TooMany or SubscribeStatus.TooManyChannels or SubscribeStatus.TooManyPatterns:
                SmartErrors.Status(row.Line, StatusCodes.Status429TooManyRequests).Write(output);
                break;
            default:
                SmartErrors.Status(row.Line, StatusCodes.Status503ServiceUnavailable).Write(output);
                break;
        }
    }

    /// <summary>Advice alone: without it clients ask again at once, and an error row beside it means nothing to them.</summary>
    public static void WriteUnknown(RealtimeCall call, IBufferWriter<byte> output, string clientId)
    {
        if (!call.IsAdvised)
        {
            call.IsAdvised = true;
            RealtimeWriter.WriteAdvice(output, RealtimeAdvice.Handshake, call.FormatOf(SmartClientId.Of(clientId).Reliable));
        }
    }
}
