import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyMadeElsewhere, PersonalData, SubjectErased } from '../personal-data.js';
import { createAllDurably, createDurably, readIfThere } from './durable-files.js';

const MASTER_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Subject keys kept unwrapped in memory. */
const CACHED_KEYS_MAX = 10_000;

/**
 * Opens a directory of keys: `master.key` (mode 0600, made on first use) wraps one key per data subject under `subjects/`. Lose the
 * directory and sealed values, pseudonyms and content digests can no longer be made or matched: back it up apart from the log.
 */
export function openKeyDirectory(directory: string): DirectoryPersonalData {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, 'master.key');
  const master = readIfThere(file) ?? createDurably(file, randomBytes(MASTER_BYTES));
  if (master.length !== MASTER_BYTES) throw new Error(`${file} does not hold a key of ${MASTER_BYTES} bytes`);
  return new DirectoryPersonalData(directory, master);
}

/** Keys in files. A known subject is served from memory; the keys of new ones are written together, when `settle` is asked for. */
export class DirectoryPersonalData extends PersonalData {
  override readonly digestKey: string;
  private readonly pseudonymKey: Buffer;
  private readonly hashKey: Buffer;
  private readonly wrapKey: Buffer;
  private readonly unwrapped = new Map<string, Buffer>();
  /** Keys of new subjects that are not durable yet. */
  private readonly fresh = new Map<string, Buffer>();
  private settling: Promise<void> = Promise.resolve();

  constructor(
    private readonly directory: string,
    master: Buffer,
  ) {
    super();
    const derive = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', master, '', `driftledger ${purpose}`, 32));
    this.digestKey = derive('content digest').toString('base64');
    this.pseudonymKey = derive('pseudonym');
    this.hashKey = derive('feature hash');
    this.wrapKey = derive('subject key wrap');
  }

  override pseudonym(subject: string): string {
    return createHmac('sha256', this.pseudonymKey).update(subject).digest().subarray(0, 16).toString('base64url');
  }

  override hashed(feature: string, value: string): string {
    // The length keeps feature and value apart: ("a", "bc") and ("ab", "c") are different.
    return createHmac('sha256', this.hashKey)
      .update(`${feature.length}:${feature}:${value}`)
      .digest()
      .subarray(0, 16)
      .toString('base64url');
  }

  override sealed(subject: string, feature: string, value: string): string {
    return encrypt(this.keyOf(subject), Buffer.from(value, 'utf8'), `${subject}:${feature}`).toString('base64');
  }

  override settle(): Promise<void> {
    // In turn: the second must not find the keys of the first and take them for those of another process.
    const mine = this.settling.then(() => this.keepFresh());
    this.settling = mine.catch(() => undefined);
    return mine;
  }

  private async keepFresh(): Promise<void> {
    const keys = [...this.fresh];
    if (keys.length === 0) return;
    const files = keys.map(([subject, key]) => ({ path: this.fileOf(subject), bytes: encrypt(this.wrapKey, key, subject) }));
    const there = await createAllDurably(files);
    let lost = 0;
    for (const [subject, key] of keys) {
      this.fresh.delete(subject);
      // There from an earlier try of ours, or because another process was first: then what was sealed here has to be sealed again.
      if (!there.has(this.fileOf(subject)) || this.keeps(subject, key)) this.remember(subject, key);
      else lost += 1;
    }
    if (lost > 0) throw new KeyMadeElsewhere(`another process made the keys of ${lost} subjects meanwhile: seal their values again`);
  }

  private keeps(subject: string, key: Buffer): boolean {
    const wrapped = readFileSync(this.fileOf(subject));
    return wrapped.length > 0 && decrypt(this.wrapKey, wrapped, subject).equals(key);
  }

  private keyOf(subject: string): Buffer {
    const known = this.unwrapped.get(subject) ?? this.fresh.get(subject);
    if (known) return known;
    const wrapped = readIfThere(this.fileOf(subject));
    // An empty file is the fence that erasing leaves behind.
    if (wrapped?.length === 0) throw new SubjectErased('the key of this subject was destroyed');
    if (wrapped) return this.remember(subject, decrypt(this.wrapKey, wrapped, subject));
    const key = randomBytes(32);
    this.fresh.set(subject, key);
    return key;
  }

  private remember(subject: string, key: Buffer): Buffer {
    if (this.unwrapped.size >= CACHED_KEYS_MAX) this.unwrapped.clear();
    this.unwrapped.set(subject, key);
    return key;
  }

  private fileOf(subject: string): string {
    return join(this.directory, 'subjects', subject.slice(0, 2), `${subject}.key`);
  }
}

/** Nonce, ciphertext, tag; `about` is authenticated with it, so that a value cannot be moved to another place. */
function encrypt(key: Buffer, plain: Buffer, about: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about, 'utf8'));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, sealed: Buffer, about: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(about, 'utf8'));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final()]);
}
