import { type CommandRunner, type Outcome } from '#libs/event-store';
import { type Clock, type Uuid } from '#libs/kernel';
import { type IdentityCommand, type IdentityRefusal, IssueKey, RegisterPrincipal, RevokeKey } from './commands.js';
import { principalDecider } from './decider.js';
import { type Directory } from './directory.js';
import { principalIdOf, principalStream } from './events.js';
import { hasKeyFile, readKeyFile, writeKeyFile } from './key-file.js';
import { type ApiKey, digestOf, newApiKey, sameDigest } from './keys.js';
import { processMeta } from './process-meta.js';

/** What the first admin is made from. `file` is where its key is put, such as `<data>/admin.key`. */
export type Bootstrap = {
  readonly file: string;
  readonly directory: Directory;
  readonly runner: CommandRunner;
  readonly clock: Clock;
  /** Other processes may have files of their own: a file that is not there says nothing about the key another one holds. */
  readonly shared?: boolean;
};

/** `issued`: a new key was put into the file. `none`: this file holds no key that opens, and somebody else holds one. */
export type AdminKey = { readonly principalId: Uuid; readonly file: string; readonly outcome: 'kept' | 'issued' | 'none' };

export const ADMIN_NAME = 'admin';
/** Label of the key in the file; the other active keys of this label are revoked when the file holds another. */
const ADMIN_KEY_LABEL = 'admin.key';

/**
 * Sees to it that whoever owns the data directory can get in. The directory must have been started.
 *
 * The key reaches the disk before the log hears of it, so a process that dies between any two steps leaves either no key, or a key
 * in the file that the next start takes over. A deleted file is the way back in after a lost key: the next start issues another one
 * and revokes the lost one. A key revoked on purpose is not replaced while another admin holds one.
 *
 * Where processes have files of their own, a missing file leaves the active key of another one alone; there an empty file is the way
 * back in, since nobody but a person makes one.
 *
 * @throws Error when the log refuses or the directory does not see what was recorded
 */
export const ensureAdminKey = async (bootstrap: Bootstrap): Promise<AdminKey> => {
  const { file, directory } = bootstrap;
  const principalId = principalIdOf(ADMIN_NAME);
  const kept = await readKeyFile(file);
  const standing = kept ? standingOf(directory, kept, principalId) : 'unusable';
  if (standing === 'active') return finish(bootstrap, kept?.keyId, 'kept');
  if (standing === 'unusable' && (isLeftAlone(bootstrap, principalId) || isElsewhere(bootstrap, principalId, kept)))
    return { principalId, file, outcome: 'none' };
  const key = standing === 'unissued' && kept ? kept : newApiKey();
  if (key !== kept) await writeKeyFile(file, key);
  if (!directory.principal(principalId))
    await run(
      bootstrap,
      new RegisterPrincipal({ principalId, kind: 'person', name: ADMIN_NAME, roles: ['admin'] }, processMeta('first start')),
    );
  const { keyId, secret } = key;
  const data = { principalId, keyId, sha256: digestOf(secret), label: ADMIN_KEY_LABEL, issuedAt: bootstrap.clock.now() };
  await run(bootstrap, new IssueKey(data, processMeta('first start')));
  return finish(bootstrap, keyId, 'issued');
};

/** What the log knows of the key in the file. `unissued`: a start died after the file and before the log. */
const standingOf = (directory: Directory, key: ApiKey, principalId: Uuid): 'active' | 'unissued' | 'unusable' => {
  const record = directory.key(key.keyId);
  if (!record) return 'unissued';
  const usable = record.principalId === principalId && record.revokedAt === undefined && sameDigest(record.sha256, digestOf(key.secret));
  return usable ? 'active' : 'unusable';
};

const usable = ({ directory, clock }: Bootstrap, id: Uuid, label?: string): boolean =>
  directory.keysOf(id).some((key) => {
    const live = key.revokedAt === undefined && (key.expiresAt === undefined || key.expiresAt > clock.now());
    return live && (label === undefined || key.label === label);
  });

const isLeftAlone = (bootstrap: Bootstrap, principalId: Uuid): boolean => {
  if (usable(bootstrap, principalId, ADMIN_KEY_LABEL)) return false;
  return bootstrap.directory.allPrincipals().some((one) => one.roles.includes('admin') && usable(bootstrap, one.principalId));
};

/** Whether the key is in the file of another process, as far as can be known: this one was not emptied on purpose. */
const isElsewhere = (bootstrap: Bootstrap, principalId: Uuid, kept: ApiKey | undefined): boolean => {
  if (!bootstrap.shared || !usable(bootstrap, principalId, ADMIN_KEY_LABEL)) return false;
  return kept !== undefined || !hasKeyFile(bootstrap.file);
};

/** Revokes what the file no longer holds. Also after `kept`: the start that issued the key may have died before this step. */
const finish = async (bootstrap: Bootstrap, keyId: string | undefined, outcome: AdminKey['outcome']): Promise<AdminKey> => {
  const principalId = principalIdOf(ADMIN_NAME);
  for (const key of bootstrap.directory.keysOf(principalId)) {
    if (key.keyId === keyId || key.label !== ADMIN_KEY_LABEL || key.revokedAt !== undefined) continue;
    await run(
      bootstrap,
      new RevokeKey({ principalId, keyId: key.keyId }, processMeta('first start', { reason: 'the key file holds another key' })),
    );
  }
  return { principalId, file: bootstrap.file, outcome };
};

const run = async ({ runner, directory }: Bootstrap, command: IdentityCommand): Promise<void> => {
  const stream = principalStream(command.data.principalId);
  const outcome: Outcome<IdentityRefusal> = await runner.run({ decider: principalDecider, stream, command });
  if (outcome.kind === 'refused') throw new Error(`${command.type} was refused: ${outcome.refusal.detail}`);
  const { position } = outcome.receipt;
  if (position && !(await directory.appliedUpTo(position, 10_000))) throw new Error(`the directory did not see ${command.type}`);
};
