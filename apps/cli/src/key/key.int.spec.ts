import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Command } from 'commander';
import { z } from 'zod';
import { enrol, guardedApp } from '../../../../test/support/guarded-app.js';
import { Client, ServerError, connect } from '../client.js';
import { register } from './key.command.js';
import { register as registerPrincipal } from './principal.command.js';

let app: NestFastifyApplication;
let url: string;
let key: string;
let folder: string;
const before = { ...process.env };

beforeAll(async () => {
  app = await guardedApp();
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
  key = await enrol(app, 'ada', 'admin');
  folder = await mkdtemp(join(tmpdir(), 'driftledger-cli-'));
  await writeFile(join(folder, 'admin.key'), `${key}\n`);
  Object.assign(process.env, { DRIFTLEDGER_URL: url, DRIFTLEDGER_KEY: '', DRIFTLEDGER_DATA: folder });
});
afterAll(async () => {
  process.env = before;
  await rm(folder, { recursive: true });
  await app.close();
});

const cli = async (...argv: string[]): Promise<string> => {
  let written = '';
  const program = new Command('driftledger')
    .exitOverride()
    .configureOutput({ writeOut: (text) => void (written += text), writeErr: () => undefined });
  register(program);
  registerPrincipal(program);
  await program.parseAsync(argv, { from: 'user' });
  return written;
};
const opens = async (opened: string): Promise<number> =>
  (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${opened}` } })).status;

describe('driftledger key', () => {
  it('makes a key for a new principal with the admin key of the data directory, shows it once and revokes it', async () => {
    const [made = ''] = (await cli('key', 'create', 'eve', '--kind', 'person', '--role', 'engineer', 'auditor', '--label', 'laptop')).split(
      '\n',
    );
    expect(await opens(made)).toBe(200);
    const listed = await cli('key', 'list');
    expect(listed).toMatch(new RegExp(`eve +person +auditor,engineer +${made.slice(3, 19)} +active +- +laptop`));
    expect(listed).not.toContain(made.slice(20));
    expect(await cli('key', 'revoke', made)).toBe(`Key ${made.slice(3, 19)} is revoked.\n`);
    expect(await opens(made)).toBe(401);
  });

  it('makes further keys, and prints JSON when asked', async () => {
    await cli('key', 'create', 'pia', '--role', 'producer', '--label', 'one');
    const issued: unknown = JSON.parse(await cli('key', 'create', 'pia', '--label', 'two', '--expires', '2200-01-01T00:00:00Z', '--json'));
    expect(issued).toMatchObject({ label: 'two', expiresAt: '2200-01-01T00:00:00.000Z' });
    expect(JSON.parse(await cli('key', 'list', '--json'))).toContainEqual(
      expect.objectContaining({ name: 'pia', roles: ['producer'], kind: 'service' }),
    );
  });

  it('never changes the roles of a principal in passing, nor guesses those of a new one', async () => {
    await expect(cli('key', 'create', 'ada', '--role', 'approver', '--label', 'more')).rejects.toMatchObject({ code: 'PRINCIPAL_EXISTS' });
    await expect(cli('key', 'create', 'zoe', '--label', 'x')).rejects.toMatchObject({ code: 'ROLE' });
  });

  it('shows problems of the server in words, with code, field and request', async () => {
    await expect(cli('key', 'create', 'Not a name', '--role', 'producer', '--label', 'x')).rejects.toThrow(
      /^a name is .* \(PRINCIPAL_NAME_INVALID, field name; request [0-9a-f-]{36}\)$/,
    );
    await expect(cli('key', 'revoke', 'none')).rejects.toThrow('there is no key of this id (KEY_UNKNOWN');
  });
});

describe('driftledger principal', () => {
  const rolesOf = async (name: string): Promise<unknown> => {
    const listed = JSON.parse(await cli('key', 'list', '--json')) as { name: string; roles: string[] }[];
    return listed.find((one) => one.name === name)?.roles;
  };

  it('grants and takes away roles, several at once, and does so again without harm', async () => {
    await cli('key', 'create', 'uma', '--role', 'producer', '--label', 'one');
    expect(await cli('principal', 'grant', 'uma', 'engineer', 'auditor')).toBe('uma has: auditor, engineer, producer.\n');
    await cli('principal', 'grant', 'uma', 'engineer');
    expect(await rolesOf('uma')).toEqual(expect.arrayContaining(['auditor', 'engineer', 'producer']));
    expect(await cli('principal', 'revoke', 'uma', 'producer', 'engineer')).toBe('uma has: auditor.\n');
    expect(await cli('principal', 'revoke', 'uma', 'auditor')).toBe('uma has no role.\n');
  });

  it('says that nobody is called so, that there is no such role, and that an admin has to remain', async () => {
    await expect(cli('principal', 'grant', 'nobody', 'auditor')).rejects.toThrow('PRINCIPAL_UNKNOWN');
    await expect(cli('principal', 'grant', 'ada', 'root')).rejects.toThrow(/root.*admin, approver, auditor, engineer, producer/);
    await expect(cli('principal', 'revoke', 'ada', 'admin')).rejects.toThrow('LAST_ADMIN');
  });
});

describe('the client', () => {
  const at = (address: string, over: object = {}) => new Client({ baseUrl: new URL(address), key, ...over });

  it('says that no server answers, and what to do', async () => {
    await expect(at('http://127.0.0.1:1').call('GET', '/x', z.unknown())).rejects.toThrow(
      /127\.0\.0\.1:1 cannot be reached; start a server/,
    );
  });

  it('gives up on a server that does not answer', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await expect(at(`http://127.0.0.1:${port}`, { timeoutMs: 50 }).call('GET', '/', z.unknown())).rejects.toThrow(
      'does not answer in time',
    );
    silent.closeAllConnections();
    silent.close();
  });

  it('does not take an answer of another form for one', async () => {
    await expect(at(url).call('GET', '/version', z.object({ release: z.string() }))).rejects.toBeInstanceOf(ServerError);
    await expect(at(url).call('GET', '/health', z.object({}))).rejects.toMatchObject({ code: 'UNREADABLE' });
  });

  it('sends a key in clear to nobody but this machine, and the key of a data directory to no other server', async () => {
    await expect(connect({ DRIFTLEDGER_URL: 'http://example.com', DRIFTLEDGER_KEY: key })).rejects.toMatchObject({ code: 'URL' });
    await expect(connect({ DRIFTLEDGER_URL: 'https://example.com', DRIFTLEDGER_DATA: folder })).rejects.toMatchObject({ code: 'KEY' });
    await expect(connect({ DRIFTLEDGER_URL: 'ftp://127.0.0.1' })).rejects.toMatchObject({ code: 'URL' });
    await expect(connect({ DRIFTLEDGER_DATA: join(folder, 'nothing') })).rejects.toThrow(/there is no key in .*admin\.key/);
    expect(await connect({ DRIFTLEDGER_URL: 'https://example.com', DRIFTLEDGER_KEY: key })).toBeInstanceOf(Client);
  });
});
