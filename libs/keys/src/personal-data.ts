/**
 * How personal data leaves the clear before anything is stored. A port: the keys live in a key store, and destroying the key of one
 * subject makes what was sealed for it unreadable while every digest still holds.
 */
export abstract class PersonalData {
  /** Keyed pseudonym of a data subject: the same subject gives the same text, and nobody without the key can tell which. */
  abstract pseudonym(subject: string): string;
  /** Keyed hash of a value of one feature. */
  abstract hashed(feature: string, value: string): string;
  /**
   * Encrypts a value with the key of its subject (a pseudonym), which is created on first use; base64 of nonce, ciphertext and tag.
   * Store it only after `settle`.
   * @throws SubjectErased
   */
  abstract sealed(subject: string, feature: string, value: string): string;
  /**
   * Resolves when the keys of all that was sealed so far are kept durably; without it a value could be in the log whose key is lost.
   * @throws Error when they cannot be kept, such as on a full disk; the next call tries again
   * @throws KeyMadeElsewhere when what was sealed must not be stored, and can be sealed again at once
   */
  abstract settle(): Promise<void>;
  /** Secret by which contents are digested. */
  abstract readonly digestKey: string;
}

/** The key of this subject was destroyed: nothing more is stored for it. */
export class SubjectErased extends Error {
  override readonly name = 'SubjectErased';
}

/** Another process made the key of a subject at the same time: what was sealed with the one made here could not be opened. It passes. */
export class KeyMadeElsewhere extends Error {
  override readonly name = 'KeyMadeElsewhere';
  readonly transient = true;
}
