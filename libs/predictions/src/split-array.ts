const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const OPENING = new Set([91, 123]);
const CLOSING = new Set([93, 125]);

/**
 * Cuts the text of a JSON array into the texts of its elements without parsing them: looks at brackets and strings only.
 * Undefined when the text is not one array with balanced brackets. Stops after `piecesMax` elements.
 */
export function splitArray(text: string, piecesMax: number): readonly string[] | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith('[') || !trimmed.endsWith(']')) return undefined;
  const pieces: string[] = [];
  let depth = 0;
  let from = 1;
  for (let at = 0; at < trimmed.length; at += 1) {
    const unit = trimmed.charCodeAt(at);
    if (unit === QUOTE) {
      at = endOfString(trimmed, at);
      if (at < 0) return undefined;
    } else if (unit === COMMA) {
      if (depth !== 1) continue;
      pieces.push(trimmed.slice(from, at));
      if (pieces.length >= piecesMax) return pieces;
      from = at + 1;
    } else if (OPENING.has(unit)) depth += 1;
    else if (CLOSING.has(unit)) {
      depth -= 1;
      if (depth === 0 && at < trimmed.length - 1) return undefined;
    }
  }
  if (depth !== 0) return undefined;
  const last = trimmed.slice(from, -1);
  return last.trim() === '' && pieces.length === 0 ? pieces : [...pieces, last];
}

/** Index of the closing quote of the string that opens at `open`, or −1. */
function endOfString(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return -1;
}
