/**
 * Cuts the text of a JSON array into the texts of its elements without parsing them: looks at brackets and strings only.
 * Undefined when the text is not one array with balanced brackets.
 */
export function splitArray(text: string): readonly string[] | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith('[') || !trimmed.endsWith(']')) return undefined;
  const pieces: string[] = [];
  let depth = 0;
  let from = 1;
  for (let at = 0; at < trimmed.length; at += 1) {
    const char = trimmed[at];
    if (char === '"') {
      at = endOfString(trimmed, at);
      if (at < 0) return undefined;
    } else if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') {
      depth -= 1;
      if (depth === 0 && at < trimmed.length - 1) return undefined;
    } else if (char === ',' && depth === 1) {
      pieces.push(trimmed.slice(from, at));
      from = at + 1;
    }
  }
  if (depth !== 0) return undefined;
  const last = trimmed.slice(from, -1);
  return last.trim() === '' ? pieces : [...pieces, last];
}

/** Index of the closing quote of the string that opens at `open`, or −1. */
function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return -1;
}
