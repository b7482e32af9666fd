import { execFile } from 'node:child_process';
import { close, constants, open } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Session } from 'chdb';
import { exceptionOf, Exception } from './exceptions.js';
import { JoinedArrays } from './joined-arrays.js';
import { insertOfRows, isReading, killOf, literal, type Process, processTable } from './rewriting.js';
import { type Statement } from './request.js';

/** A statement that runs. */
type Running = Process & {
  readonly marker: string;
  /** Ends a statement that waits for its rows. */
  stopWaiting?: () => void;
  killed: boolean;
  readonly ended: Promise<void>;
};

/** Gets the answer as it is made. @param rowsRead of the whole statement, with its last bytes */
export type Take = (bytes: Uint8Array, rowsRead: number) => Promise<void>;

/** Something to do between the begin of an insert and its rows. */
export type BeforeRows = () => Promise<void>;

/**
 * The embedded engine as a server would run it: each statement in a session of its own, with its own settings; known by the id the client
 * gave. Bytes cannot be in a statement of this engine: rows lie in a file, or in a pipe when the insert is to wait for them.
 */
export class Engine {
  private readonly running = new Map<string, Running>();
  /** Keeps the engine open between statements. */
  private readonly keeper: Session;
  private nextFile = 0;

  constructor(private readonly directory: string) {
    this.keeper = new Session(join(directory, 'engine'));
  }

  get load(): number {
    return this.running.size;
  }

  async run(statement: Statement, take: Take, beforeRows?: BeforeRows): Promise<void> {
    const { id, user, text } = statement;
    if (this.running.has(id))
      throw new Exception(216, 'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING', `Query with id = ${id} is already running.`);
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const process: Running = { id, user, text, marker: `/* ${Buffer.from(id).toString('hex')} */`, killed: false, ended };
    this.running.set(id, process);
    const session = new Session(join(this.directory, 'engine'));
    try {
      await this.prepare(session, statement);
      const kill = killOf(text);
      if (kill) await take(await this.killWhere(kill.where, kill.waits, id), 0);
      else await this.execute(session, statement, process, { take, ...(beforeRows ? { beforeRows } : {}) });
    } catch (error) {
      throw process.killed ? new Exception(394, 'QUERY_WAS_CANCELLED', 'Query was cancelled.') : exceptionOf(error);
    } finally {
      session.close();
      this.running.delete(id);
      end();
    }
  }

  /** Ends a statement; a statement that is not there is ended. */
  async kill(id: string): Promise<void> {
    const process = this.running.get(id);
    if (!process) return;
    process.killed = true;
    process.stopWaiting?.();
    await this.keeper.queryAsync(`KILL QUERY WHERE startsWith(query, ${literal(process.marker)}) ASYNC`);
  }

  close(): void {
    this.keeper.close();
  }

  private async prepare(session: Session, { database, params, settings }: Statement): Promise<void> {
    const all = [
      ...(database === undefined ? [] : [`USE \`${database.replaceAll('`', '')}\``]),
      ...[...settings].map(([name, value]) => `SET ${name} = ${literal(value)}`),
      ...[...params].map(([name, value]) => `SET param_${name} = ${literal(value)}`),
    ];
    for (const one of all) await session.queryAsync(one, { format: 'TSV' });
  }

  private async execute(
    session: Session,
    statement: Statement,
    process: Running,
    { take, beforeRows }: { readonly take: Take; readonly beforeRows?: BeforeRows },
  ): Promise<void> {
    const { rows, format } = statement;
    const others = [...this.running.values()];
    const text = statement.text.replaceAll(/\bsystem\.processes\b/g, () => processTable(others));
    if (rows !== undefined) {
      const read = await this.insert(session, { ...statement, text, rows }, process, beforeRows);
      return take(new Uint8Array(), read);
    }
    if (isReading(text) && !statement.waitsForEnd) {
      const arrays = new JoinedArrays(text.includes('output_format_json_array_of_rows=1'));
      for await (const chunk of session.queryStream(`${process.marker} ${text}`, { format })) await take(arrays.next(chunk.raw()), 0);
      return take(arrays.end(), 0);
    }
    const result = await session.queryAsync(`${process.marker} ${text}`, { format });
    return take(result.bytes(), result.rowsRead);
  }

  private async insert(
    session: Session,
    statement: Statement & { readonly rows: Buffer },
    process: Running,
    beforeRows: BeforeRows | undefined,
  ): Promise<number> {
    const parts = insertOfRows(statement.text);
    if (!parts) throw new Exception(62, 'SYNTAX_ERROR', 'the front does not know this form of INSERT');
    await mkdir(join(this.directory, 'bodies'), { recursive: true });
    const file = join(this.directory, 'bodies', String((this.nextFile += 1)));
    const source = (structure: string): string => `file(${literal(file)}, ${literal(parts.format)}, ${literal(structure)})`;
    const text =
      parts.kind === 'input'
        ? `${parts.before}${source(unescaped(parts.structure))}${parts.after}`
        : `INSERT INTO ${parts.table} ${parts.columns ? `(${parts.columns.join(', ')})` : ''} SELECT * FROM ${source(
            await this.structureOf(parts.table, parts.columns),
          )} SETTINGS ${[...(parts.settings === '' ? [] : [parts.settings]), 'max_threads=1'].join(', ')}`;
    try {
      if (!beforeRows) {
        await writeFile(file, statement.rows);
        return (await session.queryAsync(`${process.marker} ${text}`)).rowsRead;
      }
      return await this.insertFromPipe({ session, text: `${process.marker} ${text}`, file, rows: statement.rows, process, beforeRows });
    } finally {
      await rm(file, { force: true });
    }
  }

  /** The engine opens the pipe, waits, and gets its rows, or none when it is killed. */
  private async insertFromPipe(job: {
    readonly session: Session;
    readonly text: string;
    readonly file: string;
    readonly rows: Buffer;
    readonly process: Running;
    readonly beforeRows: BeforeRows;
  }): Promise<number> {
    await promisify(execFile)('mkfifo', [job.file]);
    const holder = await promisify(open)(job.file, constants.O_RDWR | constants.O_NONBLOCK);
    const killed = new Promise<void>((resolve) => (job.process.stopWaiting = resolve));
    const result = job.session.queryAsync(job.text);
    // Its failure is thrown below; until then nobody listens.
    result.catch(() => undefined);
    await Promise.race([job.beforeRows(), killed, result.then(() => undefined)]);
    if (!job.process.killed) await Promise.race([writeFile(job.file, job.rows), result]);
    await promisify(close)(holder);
    return (await result).rowsRead;
  }

  private async structureOf(table: string, columns: readonly string[] | undefined): Promise<string> {
    const [database = '', name = ''] = table.split('.');
    const found = await this.keeper.queryAsync(
      `SELECT name, type FROM system.columns WHERE database = ${literal(database)} AND table = ${literal(name)} ORDER BY position`,
      { format: 'JSONCompactEachRow' },
    );
    const types = new Map(
      found
        .text()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const [column, type]: [string, string] = JSON.parse(line);
          return [column, type] as const;
        }),
    );
    if (types.size === 0) throw new Exception(60, 'UNKNOWN_TABLE', `Table ${table} does not exist.`);
    return (columns ?? [...types.keys()])
      .map((column) => {
        const type = types.get(column);
        if (type === undefined) throw new Exception(16, 'NO_SUCH_COLUMN_IN_TABLE', `No such column ${column} in table ${table}`);
        return `${column} ${type}`;
      })
      .join(', ');
  }

  private async killWhere(where: string, waits: boolean, own: string): Promise<Buffer> {
    const others = [...this.running.values()].filter(({ id }) => id !== own);
    const found = await this.keeper.queryAsync(`SELECT query_id FROM ${processTable(others)} WHERE ${where}`, { format: 'TSVRaw' });
    const ids = found
      .text()
      .split('\n')
      .filter((id) => id !== '');
    const ending = ids.map((id) => this.running.get(id)?.ended);
    for (const id of ids) await this.kill(id);
    if (waits) await Promise.all(ending.map((end) => end ?? Promise.resolve()));
    return Buffer.from(ids.map((id) => `waiting\t${id}\n`).join(''));
  }
}

const unescaped = (text: string): string => text.replace(/\\(.)/g, '$1');
