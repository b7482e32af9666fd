import { v4, v5, v7, validate } from 'uuid';

/** A UUID in lower-case canonical form. */
export type Uuid = string & { readonly __brand: 'Uuid' };

/** Root of every name-derived id of Driftledger; it can never change, ids in the log are derived from it. */
const NAMESPACE = '5f1d0c52-6d0a-5f0e-9a6e-2a8c3f6b7d11' as Uuid;

/** @throws TypeError when the text is no UUID */
export const uuid = (text: string): Uuid => {
  if (!validate(text)) throw new TypeError(`uuid requires a UUID, got ${JSON.stringify(text.slice(0, 64))}`);
  return text.toLowerCase() as Uuid;
};

export const isUuid = (text: string): boolean => validate(text);

/** The same kind and name give the same id for ever: this is how names are kept unique (`no_stream`) without an index. */
export const idOfName = (kind: string, name: string): Uuid => v5(`${kind}:${name}`, NAMESPACE) as Uuid;

/** A stable id derived from another id, such as the second event of a command or a reactor's answer to an event. */
export const derivedId = (from: Uuid, salt: string | number): Uuid => v5(String(salt), from) as Uuid;

export const randomId = (): Uuid => v4() as Uuid;

/** Time-ordered random id: keeps indexes over event ids local. */
export const timeOrderedId = (): Uuid => v7() as Uuid;
