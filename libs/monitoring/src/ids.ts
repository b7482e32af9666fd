import { derivedId, idOfName, type Uuid } from '#libs/kernel';

/** The id of a monitor follows from its name: creating it with `no_stream` is what keeps names unique. */
export const monitorIdOf = (name: string): Uuid => idOfName('monitor', name);
export const monitorStream = (monitorId: string): string => `monitor-${monitorId}`;
export const measurementsStream = (monitorId: string): string => `measurements-${monitorId}`;

/** The id of the command that records a revision: made again after a crash it is the same command, and answered by its first receipt. */
export const revisionCommandId = (monitorId: Uuid, kind: string, windowFrom: number, revision: number): Uuid =>
  derivedId(monitorId, `${kind}:${windowFrom}:${revision}`);
