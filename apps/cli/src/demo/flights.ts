import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { asyncBufferFromFile, type AsyncBuffer, type ColumnData, type FileMetaData, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** One flight of the file. Times are local to the airport; they are read as if they were UTC, so that a day is a day. */
export type Flight = {
  /** `flight-` and the row number in the file: the same flight has the same id in every run, whatever share is read. */
  readonly id: string;
  /** Epoch milliseconds of the departure. */
  readonly at: number;
  readonly hour: number;
  /** Miles. */
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
  /** Minutes late on arrival, negative when early. */
  readonly delay: number;
  /** A delay nobody can have: no flight arrives hours before it is due. Such a flight has no usable outcome. */
  readonly badRecord: boolean;
};

export type FlightsOptions = {
  /** Parquet file with date, delay, distance, origin, destination; the one of vega-datasets unless said otherwise. */
  readonly file?: string;
  /** Every how many rows one is read: 1 reads all, 4 a quarter. Counted from the first row of the file. */
  readonly every: number;
  /** Epoch milliseconds; earlier flights are left out. */
  readonly from?: number;
  /** Epoch milliseconds; reading stops at the first flight from then on. */
  readonly until?: number;
};

/** The file is not the flights, or not in the order of time. */
class FlightsError extends Error {
  override readonly name = 'FlightsError';
}

type Column = readonly unknown[];

const COLUMNS = ['date', 'delay', 'distance', 'origin', 'destination'];
const EARLIEST_PLAUSIBLE_DELAY = -200;
const HOUR_MS = 3_600_000;
const ID_DIGITS = 7;

/** Where the flights are: inside the npm package, which offers no path to its data but the one beside its code. */
const flightsFile = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('vega-datasets')), '..', 'data', 'flights-3m.parquet');

/**
 * Reads flights in the order of time, one array per row group of the file, so that memory holds one group (272,727 rows) at a time.
 *
 * @throws FlightsError when a row is not a flight, or is earlier than the row before it
 */
export async function* readFlights({
  file = flightsFile(),
  every,
  from = -Infinity,
  until = Infinity,
}: FlightsOptions): AsyncGenerator<readonly Flight[]> {
  if (!Number.isInteger(every) || every < 1)
    throw new RangeError(`readFlights requires every to be a whole number from 1 on, got ${every}`);
  const buffer = await asyncBufferFromFile(file);
  const metadata = await parquetMetadataAsync(buffer);
  let first = 0;
  let latest = -Infinity;
  for (const group of metadata.row_groups) {
    const end = first + Number(group.num_rows);
    const flights: Flight[] = [];
    const columns = await readColumns(buffer, metadata, first, end);
    for (let row = Math.ceil(first / every) * every; row < end; row += every) {
      const flight = flightOf(
        row,
        columns.map((column) => column[row - first]),
      );
      if (flight.at < latest) throw new FlightsError(`row ${row} of ${file} is earlier than the one before it`);
      latest = flight.at;
      if (flight.at >= until) break;
      if (flight.at >= from) flights.push(flight);
    }
    if (flights.length > 0) yield flights;
    if (latest >= until) return;
    first = end;
  }
}

/** Dates arrive as epoch milliseconds: a Date object per row would be most of the work. */
const parsers = { timestampFromMicroseconds: (micros: bigint): number => Number(micros / 1000n) };

/** One array per column for a whole row group: rows are only put together for the flights that are kept. */
const readColumns = async (file: AsyncBuffer, metadata: FileMetaData, rowStart: number, rowEnd: number): Promise<readonly Column[]> => {
  const columns = new Map<string, unknown[]>(COLUMNS.map((name) => [name, []]));
  const onChunk = ({ columnName, columnData }: ColumnData): void => {
    const column = columns.get(columnName);
    for (let i = 0; i < columnData.length; i += 1) column?.push(columnData[i]);
  };
  await parquetRead({ file, metadata, columns: COLUMNS, rowStart, rowEnd, compressors, parsers, onChunk });
  return COLUMNS.map((name) => columns.get(name) ?? []);
};

/** A row of the file, values in the order of the columns, as a flight. */
export const flightOf = (row: number, values: readonly unknown[]): Flight => {
  const [date, delay, distance, origin, destination] = values;
  const known = typeof date === 'number' && typeof origin === 'string' && typeof destination === 'string';
  if (!known || typeof delay !== 'bigint' || typeof distance !== 'bigint')
    throw new FlightsError(`row ${row} is not a flight: it needs ${COLUMNS.join(', ')}`);
  const minutes = Number(delay);
  return {
    id: `flight-${String(row).padStart(ID_DIGITS, '0')}`,
    at: date,
    hour: Math.floor(date / HOUR_MS) % 24,
    distance: Number(distance),
    origin,
    destination,
    delay: minutes,
    badRecord: minutes < EARLIEST_PLAUSIBLE_DELAY,
  };
};
