/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

type Hole = Html | string | number | readonly Html[];

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

const fill = (hole: Hole): string => {
  if (hole instanceof Html) return hole.text;
  if (typeof hole === 'string') return escape(hole);
  if (typeof hole === 'number') return String(hole);
  return hole.map((part) => part.text).join('');
};

/** A template of HTML or SVG in which every hole is escaped unless it is HTML itself: names come from data. */
export const html = (texts: TemplateStringsArray, ...holes: readonly Hole[]): Html =>
  new Html(texts.reduce((whole, text, i) => whole + fill(holes[i - 1] ?? '') + text));

/** A coordinate with at most one decimal, so that a page of thousands of them stays small. */
export const px = (value: number): string => String(Math.round(value * 10) / 10);
