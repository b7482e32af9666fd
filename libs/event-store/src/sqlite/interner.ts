import { Lru } from '../lru.js';
import { type SqliteDriver, type SqliteStatement, bigintIn, textIn } from './driver.js';

const REMEMBERED = 20_000;

/** Texts that are stored once and referred to by number, remembered in both directions. */
export class Interner {
  private readonly numbers = new Lru<string, bigint>(REMEMBERED);
  private readonly texts = new Lru<bigint, string>(REMEMBERED);
  private readonly find: SqliteStatement;
  private readonly read: SqliteStatement;
  private readonly insert: SqliteStatement;

  constructor(driver: SqliteDriver, table: 'streams' | 'types' | 'origins') {
    this.find = driver.prepare(`SELECT id FROM ${table} WHERE name = ?`);
    this.read = driver.prepare(`SELECT name FROM ${table} WHERE id = ?`);
    this.insert = driver.prepare(`INSERT INTO ${table} (name) VALUES (?)`);
  }

  /** The number of a text if it has one. */
  known(text: string): bigint | undefined {
    const remembered = this.numbers.get(text);
    if (remembered !== undefined) return remembered;
    const row = this.find.get(text);
    return row ? this.remember(text, bigintIn(row[0])) : undefined;
  }

  /** The number of a text, given to it now if it had none. Inside a transaction only. */
  numberOf(text: string): bigint {
    return this.known(text) ?? this.remember(text, this.insert.run(text));
  }

  textOf(number: bigint): string {
    const remembered = this.texts.get(number);
    if (remembered !== undefined) return remembered;
    const text = textIn(this.read.get(number)?.[0]);
    this.remember(text, number);
    return text;
  }

  /** After a rollback: numbers given in that transaction do not exist. */
  forget(): void {
    this.numbers.clear();
    this.texts.clear();
  }

  private remember(text: string, number: bigint): bigint {
    this.numbers.set(text, number);
    this.texts.set(number, text);
    return number;
  }
}
