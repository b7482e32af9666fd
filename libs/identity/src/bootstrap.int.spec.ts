import { mkdtemp, readFile, readdir, rm, stat, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AppendOptions, type AppendResult, type NewEvent, CommandRunner, EventCodec } from '#libs/event-store';
import { InMemoryEventStore } from '#libs/event-store/memory';
import { SystemClock } from '#libs/kernel';
import { Authenticator } from './authenticator.js';
import { type AdminKey, ensureAdminKey } from './bootstrap.js';
import { IssueKey, RegisterPrincipal, RevokeKey } from './commands.js';
import { principalDecider } from './decider.js';
import { Directory } from './directory.js';
import { IDENTITY_EVENTS, principalIdOf, principalStream } from './events.js';
import { digestOf, formatApiKey, newApiKey } from './keys.js';
import { processMeta } from './process-meta.js';
import { Sessions } from './sessions.js';

const clock = new SystemClock();
const codec = new EventCodec(IDENTITY_EVENTS);

/** A log whose process dies at its n-th append: before the event is written, or after it was and before anybody heard. */
class DyingEventStore extends InMemoryEventStore {
  appendsLeft = Number.POSITIVE_INFINITY;
  dies: 'before' | 'after' = 'before';

  override async append(stream: string, events: readonly NewEvent[], options: AppendOptions): Promise<AppendResult> {
    this.appendsLeft -= 1;
    if (this.appendsLeft === 0 && this.dies === 'before') throw new Error('killed');
    const result = await super.append(stream, events, options);
    if (this.appendsLeft === 0) throw new Error('killed');
    return result;
  }
}

let folder: string;
let file: string;
let store: DyingEventStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'driftledger-key-'));
  file = join(folder, 'admin.key');
  store = new DyingEventStore(clock);
});
afterEach(() => rm(folder, { recursive: true }));

/** One start of the process, from an empty memory. */
const start = async (own: { file?: string; shared?: boolean } = {}): Promise<AdminKey & { opens: boolean; active: number }> => {
  const directory = new Directory(store, codec);
  await directory.start();
  try {
    const result = await ensureAdminKey({ file, directory, runner: new CommandRunner(store, codec), clock, ...own });
    const text = (await readFile(result.file, 'utf8').catch(() => '')).trim();
    const opens = new Authenticator(directory, new Sessions(clock), clock).authenticate({ kind: 'key', text }).kind === 'recognised';
    const active = directory.keysOf(principalIdOf('admin')).filter((key) => key.revokedAt === undefined).length;
    return { ...result, opens, active };
  } finally {
    await directory.stop();
  }
};
const keyText = async (): Promise<string> => (await readFile(file, 'utf8')).trim();
const run = (command: RegisterPrincipal | IssueKey | RevokeKey) =>
  new CommandRunner(store, codec).run({ decider: principalDecider, stream: principalStream(command.data.principalId), command });

describe('the admin key', () => {
  it('is made at the first start, for its owner only, and kept by later ones', async () => {
    expect(await start()).toMatchObject({ outcome: 'issued', opens: true, principalId: principalIdOf('admin') });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['admin.key']);
    const before = await keyText();
    expect(await start()).toMatchObject({ outcome: 'kept', opens: true, active: 1 });
    expect(await keyText()).toBe(before);
  });

  it('is nowhere in the log', async () => {
    await start();
    const secret = (await keyText()).slice(20);
    for await (const event of store.readAll())
      expect(Buffer.from(event.body).toString('utf8') + JSON.stringify(event.metadata)).not.toContain(secret);
  });

  it('belongs to an admin who is no approver', async () => {
    await start();
    const directory = new Directory(store, codec);
    await directory.start();
    expect(directory.principal(principalIdOf('admin'))).toMatchObject({ kind: 'person', roles: ['admin'] });
    await directory.stop();
  });

  it.each([
    ['the principal', 1, 'before'],
    ['the principal, unheard', 1, 'after'],
    ['the key', 2, 'before'],
    ['the key, unheard', 2, 'after'],
  ] as const)('survives a start that dies at recording %s, and the file keeps its key', async (_, append, dies) => {
    store.appendsLeft = append;
    store.dies = dies;
    await expect(start()).rejects.toThrow('killed');
    const written = await keyText();
    expect(await start()).toMatchObject({ opens: true, active: 1 });
    expect(await keyText()).toBe(written);
  });

  it('survives a start that dies while it writes the file', async () => {
    await writeFile(join(folder, '.admin.key.new'), 'dl_0123', { mode: 0o644 });
    expect(await start()).toMatchObject({ outcome: 'issued', opens: true });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['admin.key']);
  });

  it('is replaced, and the lost one revoked, when its file is gone, however often the replacement dies', async () => {
    await start();
    const lost = await keyText();
    for (const [append, dies] of [
      [1, 'before'],
      [1, 'after'],
      [2, 'before'],
      [2, 'after'],
    ] as const) {
      await rm(file);
      store.appendsLeft = append;
      store.dies = dies;
      await expect(start()).rejects.toThrow('killed');
      expect(await start()).toMatchObject({ opens: true, active: 1 });
      expect(await keyText()).not.toBe(lost);
    }
  });

  it.each(['', 'dl_0123', 'something else'])('is replaced when its file holds %j', async (text) => {
    await start();
    await writeFile(file, text);
    expect(await start()).toMatchObject({ outcome: 'issued', opens: true, active: 1 });
  });

  it('is taken from a file that was there before the log', async () => {
    const key = formatApiKey(newApiKey());
    await writeFile(file, `${key}\n`);
    expect(await start()).toMatchObject({ outcome: 'issued', opens: true });
    expect(await keyText()).toBe(key);
  });

  it('has its file closed to others when it was found open', async () => {
    await start();
    await chmod(file, 0o644);
    await start();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('stays revoked while another admin holds a key, and comes back when nobody does', async () => {
    await start();
    const keyId = (await keyText()).slice(3, 19);
    const [other, otherId] = [newApiKey(), principalIdOf('ada')];
    await run(new RegisterPrincipal({ principalId: otherId, kind: 'person', name: 'ada', roles: ['admin'] }, processMeta('spec')));
    const data = { principalId: otherId, keyId: other.keyId, sha256: digestOf(other.secret), label: 'hers', issuedAt: clock.now() };
    await run(new IssueKey(data, processMeta('spec')));
    await run(new RevokeKey({ principalId: principalIdOf('admin'), keyId }, processMeta('spec')));
    expect(await start()).toMatchObject({ outcome: 'none', opens: false });
    await run(new RevokeKey({ principalId: otherId, keyId: other.keyId }, processMeta('spec')));
    expect(await start()).toMatchObject({ outcome: 'issued', opens: true, active: 1 });
  });

  it('in the file of one process is left alone by others with files of their own, until one of these is emptied by a person', async () => {
    const [one, other] = ['one.key', 'other.key'].map((name) => ({ file: join(folder, name), shared: true }));
    expect(await start(one)).toMatchObject({ outcome: 'issued', opens: true, active: 1 });
    expect(await start(other)).toMatchObject({ outcome: 'none', opens: false, active: 1 });
    expect(await start(one)).toMatchObject({ outcome: 'kept', opens: true, active: 1 });
    await writeFile(join(folder, 'other.key'), '');
    expect(await start(other)).toMatchObject({ outcome: 'issued', opens: true, active: 1 });
    expect(await start(one)).toMatchObject({ outcome: 'none', opens: false, active: 1 });
    expect(await start(other)).toMatchObject({ outcome: 'kept', opens: true, active: 1 });
  });
});
