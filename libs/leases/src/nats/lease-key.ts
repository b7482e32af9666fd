/** What a key of NATS may hold and what does not part words in it. */
const PLAIN = /[A-Za-z0-9_-]/;

/** The key of a lease: letters, digits, `-` and `_` as they are, every other byte of UTF-8 as `=` and two hexadecimal digits. */
export const leaseKey = (name: string): string =>
  [...Buffer.from(name, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return PLAIN.test(character) ? character : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
