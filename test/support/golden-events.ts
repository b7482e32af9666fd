import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { EventCodec, type EventDefinition, type StoredEvent } from '#libs/event-store';
import { type Recorded, idOfName, instant, positionOf } from '#libs/kernel';

/** A golden file holds the body of an event exactly as a release wrote it; a bigint stands as a marked string, `"$bigint:1"`. */
export type GoldenEvent = { readonly file: string; readonly type: string; readonly version: number; readonly recorded: Recorded };

const NAME = /^([A-Z][A-Za-z0-9]+)\.v([1-9]\d*)\.json$/;

/**
 * Reads every golden file of a context (`libs/<context>/src/events.history/<Type>.v<N>.json`) through the codec into the current
 * schema. Pass all events of the context, so that a forgotten file is noticed.
 * @throws Error when a version ever released has no file, when a file belongs to no event, or when one cannot be read any more
 */
export const readGoldenEvents = (context: string, definitions: readonly EventDefinition[]): readonly GoldenEvent[] =>
  readGoldenFolder(path.join(process.cwd(), 'libs', context, 'src', 'events.history'), definitions);

/** The same for a folder anywhere. */
export const readGoldenFolder = (folder: string, definitions: readonly EventDefinition[]): readonly GoldenEvent[] => {
  const files = readdirSync(folder).sort();
  const missing = definitions.flatMap(({ type, version }) =>
    Array.from({ length: version }, (_, index) => `${type}.v${index + 1}.json`).filter((file) => !files.includes(file)),
  );
  if (missing.length > 0) throw new Error(`every version of an event needs a golden file; missing ${missing.join(', ')}`);
  const codec = new EventCodec(definitions);
  return files.map((file) => goldenEvent(path.join(folder, file), definitions, codec));
};

const goldenEvent = (file: string, definitions: readonly EventDefinition[], codec: EventCodec): GoldenEvent => {
  const [, type = '', number = '0'] = NAME.exec(path.basename(file)) ?? [];
  const version = Number(number);
  const definition = definitions.find((candidate) => candidate.type === type);
  if (!definition || version < 1 || version > definition.version)
    throw new Error(`${file} belongs to no version of an event of its context`);
  const recorded = codec.decode(storedOf(type, version, readFileSync(file)));
  // `read` may skip the schema on hot paths; a golden event has to satisfy it all the same.
  const problem = definition.problem(recorded.data);
  if (problem !== undefined) throw new Error(`${file} does not become the current ${type}: ${problem}`);
  return { file: path.basename(file), type, version, recorded };
};

/** The event as a store would return it. */
const storedOf = (type: string, schemaVersion: number, body: Uint8Array): StoredEvent => {
  const id = idOfName('golden', `${type} ${schemaVersion}`);
  return {
    id,
    type,
    contentType: 'application/json',
    body,
    metadata: {
      $correlationId: id,
      $causationId: id,
      commandId: id,
      actor: { principalId: id, kind: 'job', via: 'golden' },
      source: { surface: 'internal', addressClass: 'process' },
      schemaVersion,
      sha256: createHash('sha256').update(body).digest('hex'),
    },
    stream: `golden-${id}`,
    revision: 0n,
    position: positionOf(1n),
    recordedAt: instant(0),
  };
};
