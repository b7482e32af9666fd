import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A key as its holder sees it, once: `dl_<id>_<secret>`. The log keeps `id` and the SHA-256 of `secret`. */
export type ApiKey = { readonly keyId: string; readonly secret: string };

const KEY = /^dl_([a-z0-9]{16})_([A-Za-z0-9_-]{43})$/;

/** A fresh key: 64 random bits of id, 256 random bits of secret, so that a plain SHA-256 cannot be searched backwards. */
export const newApiKey = (): ApiKey => ({ keyId: randomBytes(8).toString('hex'), secret: randomBytes(32).toString('base64url') });

export const formatApiKey = ({ keyId, secret }: ApiKey): string => `dl_${keyId}_${secret}`;

/** Undefined when the text is no key. */
export const parseApiKey = (text: string): ApiKey | undefined => {
  const match = KEY.exec(text);
  return match?.[1] !== undefined && match[2] !== undefined ? { keyId: match[1], secret: match[2] } : undefined;
};

/** SHA-256, hex. */
export const digestOf = (secret: string): string => hash('sha256', secret, 'hex');

/** Compares two hex digests in constant time. */
export const sameDigest = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')];
  return left.length === right.length && timingSafeEqual(left, right);
};
