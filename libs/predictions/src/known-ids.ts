import { type Digest64, idHash } from './content.js';
import { ENTRY_WORDS, idsIn, IdTable } from './id-table.js';
import { COLUMNS, placesFor, SealedFilter } from './sealed-filter.js';
import { type SealedIds } from './sealed-ids.js';

/** Slots of a table that is full: 786,432 ids in 16 MiB. */
const SLOTS_MAX = 1 << 20;
/** Ids remembered per deployment. */
const KNOWN_IDS_MAX = 20_000_000;

export type KnownIdsLimits = { readonly idsMax?: number; readonly slotsMax?: number };

/** A table with the place it has among all tables; serials grow. */
export type FullTable = { readonly serial: number; readonly table: IdTable };
export type SealedTable = { readonly serial: number; readonly ids: SealedIds; readonly bits: Uint32Array };

/** Everything held by files and by the newest table, whose entries are a copy. */
export type KnownState = {
  readonly serial: number;
  readonly entries: Uint32Array;
  readonly sealed: readonly { readonly serial: number; readonly check: number }[];
};

/**
 * The set of ids a deployment has seen, with the digest of what came with each. The newest are in a table in memory; a full table is
 * sealed as a file by whoever holds this (`full`, `adopt`), and stays in memory until then. The oldest file is forgotten when the others hold
 * the limit. A deployment that has filled a table takes some 64 MiB from then on, whatever comes.
 *
 * Ids are addressed by 64 bits: at 20 million ids the chance that any two share an address is about one in 100,000, and such a pair shows as a
 * conflict, never silently.
 */
export class KnownIds {
  private serial = 1;
  private newest: IdTable;
  private spare: IdTable | undefined;
  private waiting: FullTable[] = [];
  private sealed: Omit<SealedTable, 'bits'>[] = [];
  private filter: SealedFilter | undefined;
  private readonly idsMax: number;
  readonly slotsMax: number;

  constructor({ idsMax = KNOWN_IDS_MAX, slotsMax = SLOTS_MAX }: KnownIdsLimits = {}) {
    // Two more than hold the limit: one that is not full yet, and one of which not all is needed any more.
    const tables = Math.ceil(idsMax / idsIn(slotsMax)) + 2;
    if (tables > COLUMNS)
      throw new RangeError(`KnownIds tells ${COLUMNS} tables apart, ${idsMax} ids in tables of ${slotsMax} slots take ${tables}`);
    this.idsMax = idsMax;
    this.slotsMax = slotsMax;
    this.newest = new IdTable(slotsMax);
  }

  /** The digest that came with an id, or undefined for an id that is new or forgotten. @throws SealedIdsDamaged */
  find(id: string): Digest64 | undefined {
    const key = addressOf(id);
    let found = this.newest.find(key);
    for (let at = this.waiting.length - 1; !found && at >= 0; at -= 1) found = this.waiting[at]?.table.find(key);
    return found ?? (this.filter && this.findSealed(key, this.filter.candidates(key)));
  }

  /** Remembers an id; a known one gets the new digest, which hides what older tables hold. */
  put(id: string, content: Digest64): void {
    this.newest.put(addressOf(id), content);
    if (this.newest.isFull) this.begin();
  }

  /** The oldest table that waits to be sealed. It does not change any more. */
  get full(): FullTable | undefined {
    return this.waiting[0];
  }

  /** Takes a file for the oldest full table, or at a start. */
  adopt({ serial, ids, bits }: SealedTable): void {
    this.filter ??= new SealedFilter(placesFor(this.slotsMax));
    this.filter.add(serial % COLUMNS, bits);
    this.sealed.push({ serial, ids });
    const waiting = this.waiting.findIndex((full) => full.serial === serial);
    const [full] = waiting < 0 ? [] : this.waiting.splice(waiting, 1);
    full?.table.clear();
    this.spare ??= full?.table;
    this.forget();
  }

  /** What a snapshot holds. Only when no table is `full`, since those are in neither. */
  state(): KnownState {
    const sealed = this.sealed.map(({ serial, ids }) => ({ serial, check: ids.check }));
    return { serial: this.serial, entries: this.newest.entries(), sealed };
  }

  /** Goes on where `state` was taken; files are adopted first. */
  restore({ serial, entries }: Pick<KnownState, 'serial' | 'entries'>): void {
    this.serial = serial;
    for (let at = 0; at < entries.length; at += ENTRY_WORDS) {
      const [high = 0, low = 0, contentHigh = 0, contentLow = 0] = entries.subarray(at, at + ENTRY_WORDS);
      this.newest.put({ high, low }, { high: contentHigh, low: contentLow });
    }
  }

  /** Closes files. */
  close(): void {
    for (const { ids } of this.sealed.splice(0)) ids.close();
    this.filter = undefined;
  }

  private findSealed(key: Digest64, candidates: number): Digest64 | undefined {
    if (candidates === 0) return undefined;
    for (let at = this.sealed.length - 1; at >= 0; at -= 1) {
      const table = this.sealed[at];
      const found = table && (candidates >>> (table.serial % COLUMNS)) & 1 ? table.ids.find(key) : undefined;
      if (found) return found;
    }
    return undefined;
  }

  private begin(): void {
    this.waiting.push({ serial: this.serial, table: this.newest });
    this.serial += 1;
    // As large as it will be: the deployment is known to need it.
    this.newest = this.spare ?? new IdTable(this.slotsMax, this.slotsMax);
    this.spare = undefined;
    this.forget();
  }

  /** Where files cannot be written tables are forgotten like them, so that memory stays bounded. */
  private forget(): void {
    const sizes = [...this.sealed.map(({ ids }) => ids.size), ...this.waiting.map(({ table }) => table.size)];
    let held = sizes.reduce((sum, size) => sum + size, 0);
    for (const size of sizes) {
      held -= size;
      if (held < this.idsMax) return;
      const oldest = this.sealed.shift();
      if (!oldest) this.waiting.shift();
      oldest?.ids.close();
      if (oldest) this.filter?.clear(oldest.serial % COLUMNS);
    }
  }
}

/** All zero marks a free slot, so the one id with an all-zero address is moved aside. */
function addressOf(id: string): Digest64 {
  const key = idHash(id);
  return key.high === 0 && key.low === 0 ? { high: 0, low: 1 } : key;
}
