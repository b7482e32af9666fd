import { type Instant, type Uuid, isoOf } from '#libs/kernel';

/** A message on the bus: CloudEvents 1.0 in structured JSON form. `data` is plain JSON and holds no personal data. */
export type CloudEvent<Data = unknown> = {
  readonly specversion: '1.0';
  /** With `source`, unique: who gets a message twice recognises it by this. */
  readonly id: Uuid;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  /** RFC 3339. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Data;
};

/**
 * Makes a message about something that happened.
 *
 * @example cloudEvent({ id: event.id, type: 'io.driftledger.alert.raised', subject: alertId, at: event.recordedAt, data })
 */
export const cloudEvent = <Data>(about: {
  readonly id: Uuid;
  readonly type: string;
  readonly subject?: string;
  readonly at: Instant;
  readonly data: Data;
}): CloudEvent<Data> => ({
  specversion: '1.0',
  id: about.id,
  source: 'urn:driftledger',
  type: about.type,
  ...(about.subject === undefined ? {} : { subject: about.subject }),
  time: isoOf(about.at),
  datacontenttype: 'application/json',
  data: about.data,
});
