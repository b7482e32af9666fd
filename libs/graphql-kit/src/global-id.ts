import { type Uuid, isUuid, uuid } from '#libs/kernel';
import { EdgeError } from './errors.js';

/** The GraphQL id of something: base64url of `Type:uuid`. */
export const globalId = (type: string, id: Uuid): string => Buffer.from(`${type}:${id}`, 'utf8').toString('base64url');

/**
 * Type and id behind a global id.
 *
 * @throws EdgeError BAD_USER_INPUT when the text is no global id, or one of another type than `expected`
 */
export const parseGlobalId = (text: string, expected?: string): { readonly type: string; readonly id: Uuid } => {
  const plain = text.length <= 200 ? Buffer.from(text, 'base64url').toString('utf8') : '';
  const [, type, id] = /^([A-Z][A-Za-z0-9]*):([0-9a-fA-F-]{36})$/.exec(plain) ?? [];
  if (type === undefined || id === undefined || !isUuid(id))
    throw new EdgeError('BAD_USER_INPUT', 'an id is the opaque text found in the field id of a node');
  if (expected !== undefined && type !== expected)
    throw new EdgeError('BAD_USER_INPUT', `expected the id of a ${expected}, got one of a ${type}`);
  return { type, id: uuid(id) };
};

/**
 * A UUID given as an argument.
 *
 * @throws EdgeError BAD_USER_INPUT when it is none
 */
export const uuidArgument = (text: string): Uuid => {
  if (!isUuid(text)) throw new EdgeError('BAD_USER_INPUT', `expected a UUID, got ${JSON.stringify(text.slice(0, 50))}`);
  return uuid(text);
};
