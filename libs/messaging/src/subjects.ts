const TOKEN = /^[A-Za-z0-9_-]+$/;

const tokensOf = (text: string): readonly string[] => text.split('.');

/** @throws TypeError when the text is no subject: words of letters, digits, `-` and `_`, joined by dots */
export const checkSubject = (subject: string): void => {
  if (!tokensOf(subject).every((token) => TOKEN.test(token)))
    throw new TypeError(`a subject is words joined by dots, got ${JSON.stringify(subject.slice(0, 100))}`);
};

/** @throws TypeError when the text is no pattern: a subject in which `*` stands for one word and a last `>` for one or more */
export const checkPattern = (pattern: string): void => {
  const tokens = tokensOf(pattern);
  const valid = tokens.every((token, at) => token === '*' || (token === '>' && at === tokens.length - 1) || TOKEN.test(token));
  if (!valid) throw new TypeError(`a pattern is words, * and a last >, joined by dots, got ${JSON.stringify(pattern.slice(0, 100))}`);
};

/** Whether a subject falls under a pattern. */
export const subjectMatches = (pattern: string, subject: string): boolean => {
  const wanted = tokensOf(pattern);
  const tokens = tokensOf(subject);
  const open = wanted.at(-1) === '>';
  const fixed = open ? wanted.slice(0, -1) : wanted;
  if (open ? tokens.length <= fixed.length : tokens.length !== fixed.length) return false;
  return fixed.every((token, at) => token === '*' || token === tokens[at]);
};
