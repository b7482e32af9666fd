/** Closed set of what an audit entry can be about, for filtering. */
export const AUDIT_CLASSES = [
  'intake',
  'measurement',
  'alert',
  'deployment',
  'registry',
  'access',
  'read',
  'identity',
  'privacy',
  'other',
] as const;
export type AuditClass = (typeof AUDIT_CLASSES)[number];

/** Classes with more entries than all others together: a page leaves them out unless they are asked for. */
const MANY: readonly AuditClass[] = ['intake', 'read'];

export const isOneOfMany = (kind: AuditClass): boolean => MANY.includes(kind);

/** One thing an event changed. `before` is null where the event alone does not say it. */
export type Change = { readonly path: string; readonly before: unknown; readonly after: unknown };

/** What the trail says about an event beyond its metadata. */
export type Described = {
  readonly class: AuditClass;
  /** One line of English, without a full stop and without personal data. */
  readonly summary: string;
  readonly deploymentId?: string;
  readonly monitorId?: string;
  readonly model?: string;
  /** `feature:<name>`, `output:<name>`, `volume`, `performance:<metric>`. */
  readonly subject?: string;
  readonly changes?: readonly Change[];
};

/** A change whose former value the event does not know. */
export const becomes = (path: string, after: unknown): Change => ({ path, before: null, after });

/** `1 row`, `2 rows`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** At most three of a list, by name, and how many more. */
export const someOf = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;

const minute = (epochMs: number): string => new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ');

/** A span of time, to the minute, in UTC. */
export const span = ({ from, until }: { readonly from: number; readonly until: number }): string =>
  `${minute(from)} to ${minute(until)} UTC`;

/** A moment, to the minute, in UTC. */
export const moment = (epochMs: number): string => `${minute(epochMs)} UTC`;

/** A score as people read it: four significant digits. */
export const score = (value: number): string => String(Number(value.toPrecision(4)));
