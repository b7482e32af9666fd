import { setTimeout as delay } from 'node:timers/promises';
import { type SubscribeOptions, type SubscriptionMessage, AccessDenied, CommandRunner, EventCodec, Unavailable } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { Clock, type Instant, instant, randomId } from '#libs/kernel';
import { type Recognised, Authenticator } from './authenticator.js';
import { type IdentityCommand, GrantRoles, IssueKey, RegisterPrincipal, RevokeKey, RevokeRoles } from './commands.js';
import { principalDecider } from './decider.js';
import { Directory } from './directory.js';
import { IDENTITY_EVENTS, KeyRevoked, type Role, principalIdOf, principalStream } from './events.js';
import { type ApiKey, digestOf, formatApiKey, newApiKey } from './keys.js';
import { processMeta } from './process-meta.js';
import { Sessions } from './sessions.js';

class HandClock extends Clock {
  at = 1_000_000;
  now(): Instant {
    return instant(this.at);
  }
}

/** A log that cannot be followed at times. */
class InterruptedStore extends InMemoryEventStore {
  away = false;
  denied = false;
  override async *subscribeAll(options: SubscribeOptions): AsyncGenerator<SubscriptionMessage, void, undefined> {
    for await (const message of super.subscribeAll(options)) {
      if (this.away) throw new Unavailable('not-written', 'away');
      if (this.denied) throw new AccessDenied('users are not loaded yet');
      yield message;
    }
  }
}

const meta = () => processMeta('spec');

const aWorld = () => {
  const clock = new HandClock();
  const store = new InterruptedStore(clock);
  const codec = new EventCodec(IDENTITY_EVENTS);
  const runner = new CommandRunner(store, codec);
  const directory = new Directory(store, codec);
  const sessions = new Sessions(clock);
  const authenticator = new Authenticator(directory, sessions, clock);
  const run = async (command: IdentityCommand): Promise<void> => {
    const outcome = await runner.run({ decider: principalDecider, stream: principalStream(command.data.principalId), command });
    if (outcome.kind === 'refused') throw new Error(outcome.refusal.code);
    if (outcome.receipt.position) await directory.appliedUpTo(outcome.receipt.position, 500);
  };
  const register = (name: string, ...roles: Role[]) =>
    run(new RegisterPrincipal({ principalId: principalIdOf(name), kind: 'service', name, roles }, meta()));
  const issue = async (name: string, expiresAt?: Instant): Promise<ApiKey> => {
    const key = newApiKey();
    const data = { principalId: principalIdOf(name), keyId: key.keyId, sha256: digestOf(key.secret), label: 'spec', issuedAt: clock.now() };
    await run(new IssueKey(expiresAt === undefined ? data : { ...data, expiresAt }, meta()));
    return key;
  };
  const outcomeOf = (text: string) => {
    const answer = authenticator.authenticate({ kind: 'key', text });
    return answer.kind === 'recognised' ? answer.principal.name : answer.reason;
  };
  return { clock, store, codec, directory, sessions, authenticator, run, register, issue, outcomeOf };
};

describe('the directory', () => {
  it('knows at start everybody who is in the log, as they are now', async () => {
    const world = aWorld();
    await world.register('shop', 'producer');
    await world.run(new GrantRoles({ principalId: principalIdOf('shop'), roles: ['engineer'] }, meta()));
    await world.run(new RevokeRoles({ principalId: principalIdOf('shop'), roles: ['producer'], otherAdmins: 0 }, meta()));
    const key = await world.issue('shop');
    await world.directory.start();
    expect(world.directory.allPrincipals()).toMatchObject([{ name: 'shop', kind: 'service', roles: ['engineer'] }]);
    expect(world.directory.keysOf(principalIdOf('shop')).map((one) => one.keyId)).toEqual([key.keyId]);
    await world.directory.stop();
  });
  it('starts on an empty log', async () => {
    const world = aWorld();
    await world.directory.start();
    expect(world.directory.allPrincipals()).toEqual([]);
    await world.directory.stop();
  });
  it('follows what happens afterwards, whoever recorded it', async () => {
    const world = aWorld();
    await world.directory.start();
    await world.register('ada', 'admin');
    await world.register('bob', 'admin');
    expect(world.directory.otherAdmins(principalIdOf('ada'))).toBe(1);
    await world.directory.stop();
  });
  it('says when something has not arrived in time', async () => {
    const world = aWorld();
    await world.directory.start();
    expect(await world.directory.appliedUpTo({ commit: 99n, prepare: 99n }, 5)).toBe(false);
    await world.directory.stop();
  });
  it('recognises nobody while the log is away, says so, and goes on by itself where it was', async () => {
    const world = aWorld();
    await world.directory.start();
    await world.register('shop', 'producer');
    const [kept, revoked] = [await world.issue('shop'), await world.issue('shop')];
    world.store.away = true;
    await world.run(new RevokeKey({ principalId: principalIdOf('shop'), keyId: revoked.keyId }, meta()));
    expect(world.directory.failure).toBeInstanceOf(Unavailable);
    expect(world.outcomeOf(formatApiKey(kept))).toBe('UNKNOWN_KEY');
    world.store.away = false;
    expect(await world.directory.caughtUp(5_000)).toBe(true);
    expect([world.outcomeOf(formatApiKey(kept)), world.outcomeOf(formatApiKey(revoked))]).toEqual(['shop', 'REVOKED']);
    await world.directory.stop();
  });
  it('recognises nobody while the log denies access, and goes on by itself once it grants it', async () => {
    const world = aWorld();
    await world.directory.start();
    await world.register('shop', 'producer');
    const [kept, revoked] = [await world.issue('shop'), await world.issue('shop')];
    const recognised = () => [kept, revoked].map((key) => world.outcomeOf(formatApiKey(key)));
    world.store.denied = true;
    await world.run(new RevokeKey({ principalId: principalIdOf('shop'), keyId: revoked.keyId }, meta()));
    expect(world.directory.failure).toBeInstanceOf(AccessDenied);
    world.store.denied = false;
    const seen = new Set<string>();
    for (const until = Date.now() + 10_000; world.directory.failure && Date.now() < until; await delay(5)) seen.add(recognised().join());
    expect([...seen]).toEqual(['UNKNOWN_KEY,UNKNOWN_KEY']);
    expect(recognised()).toEqual(['shop', 'REVOKED']);
    await world.directory.stop();
  });
  it('waits at start for a log that is away', async () => {
    const world = aWorld();
    await world.register('shop', 'producer');
    world.store.away = true;
    const started = world.directory.start();
    setTimeout(() => (world.store.away = false), 20);
    await started;
    expect(world.directory.allPrincipals()).toHaveLength(1);
    await world.directory.stop();
  });
  it('recognises nobody once it cannot read what it follows', async () => {
    const world = aWorld();
    await world.register('shop', 'producer');
    const key = await world.issue('shop');
    await world.directory.start();
    expect(world.outcomeOf(formatApiKey(key))).toBe('shop');
    const event = world.codec.encode(KeyRevoked.make({ principalId: principalIdOf('shop'), keyId: key.keyId }), meta(), randomId());
    const damaged = { ...event, body: Buffer.from('{"not":"what the digest says"}') };
    const { position } = await world.store.append(principalStream(principalIdOf('shop')), [damaged], { expected: 'any' });
    if (position) await world.directory.appliedUpTo(position, 5_000);
    expect(world.directory.failure).toBeInstanceOf(Error);
    expect(world.outcomeOf(formatApiKey(key))).toBe('UNKNOWN_KEY');
    await world.directory.stop();
  });
});

describe('a key', () => {
  it('is recognised until it is revoked or expires', async () => {
    const world = aWorld();
    await world.directory.start();
    await world.register('shop', 'producer');
    const [first, second] = [await world.issue('shop'), await world.issue('shop', instant(world.clock.now() + 10))];
    expect([world.outcomeOf(formatApiKey(first)), world.outcomeOf(formatApiKey(second))]).toEqual(['shop', 'shop']);
    await world.run(new RevokeKey({ principalId: principalIdOf('shop'), keyId: first.keyId }, meta()));
    world.clock.at += 10;
    expect([world.outcomeOf(formatApiKey(first)), world.outcomeOf(formatApiKey(second))]).toEqual(['REVOKED', 'EXPIRED']);
    await world.directory.stop();
  });
  it('with another secret, of nobody, or in no form of ours is not recognised', async () => {
    const world = aWorld();
    await world.directory.start();
    await world.register('shop', 'producer');
    const { keyId } = await world.issue('shop');
    expect(world.outcomeOf(formatApiKey({ keyId, secret: newApiKey().secret }))).toBe('WRONG_SECRET');
    expect(world.outcomeOf(formatApiKey(newApiKey()))).toBe('UNKNOWN_KEY');
    for (const text of ['', 'dl_', `dl_${keyId}_`, `DL_${keyId}_${newApiKey().secret}`, '__proto__'])
      expect(world.outcomeOf(text)).toBe('MALFORMED');
    await world.directory.stop();
  });
  it('that was recognised before is known to hold no more once it was revoked', async () => {
    const world = aWorld();
    await world.directory.start();
    await world.register('shop', 'producer');
    const key = await world.issue('shop');
    const recognised = world.authenticator.authenticate({ kind: 'key', text: formatApiKey(key) }) as Recognised;
    expect(world.authenticator.stillHolds(recognised)).toMatchObject({ name: 'shop' });
    await world.run(new RevokeKey({ principalId: principalIdOf('shop'), keyId: key.keyId }, meta()));
    expect(world.authenticator.stillHolds(recognised)).toBeUndefined();
    await world.directory.stop();
  });
});

describe('a session', () => {
  it('is recognised by its cookie and holds until it is closed', async () => {
    const world = aWorld();
    await world.directory.start();
    await world.register('ada', 'admin');
    const { cookie } = world.sessions.open(principalIdOf('ada'));
    const recognised = world.authenticator.authenticate({ kind: 'session', cookie }) as Recognised;
    expect(recognised.actor.via).toMatch(/^session [0-9a-f]{16}$/);
    expect(world.authenticator.stillHolds(recognised)).toMatchObject({ name: 'ada' });
    world.sessions.close(cookie);
    expect(world.authenticator.stillHolds(recognised)).toBeUndefined();
    expect(world.authenticator.authenticate({ kind: 'session', cookie })).toEqual({ kind: 'unrecognised', reason: 'UNKNOWN_SESSION' });
    await world.directory.stop();
  });
  it('of somebody the log does not know is not recognised', () => {
    const world = aWorld();
    const { cookie } = world.sessions.open(principalIdOf('ghost'));
    expect(world.authenticator.authenticate({ kind: 'session', cookie }).kind).toBe('unrecognised');
  });
});
