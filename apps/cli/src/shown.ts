const SHOWN_MAX = 40;

/** A value of a file as an error names it: words in quotes and at most 40 characters long, numbers as they are, infinite ones too. */
export const shown = (value: unknown): string => {
  if (typeof value === 'number') return String(value);
  const text = typeof value === 'string' ? value : String(value);
  return JSON.stringify(text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);
};
