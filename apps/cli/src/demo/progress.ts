/** Says how far the demo is. */
export type Progress = {
  /** A line of its own: a step begins. */
  readonly step: (what: string) => void;
  /** How far a long step is, 0 to 1, and what it is at. */
  readonly at: (fraction: number, what: string) => void;
  /** Leaves the terminal as it found it. */
  readonly end: () => void;
};

const BAR_WIDTH = 28;
const REDRAW_MS = 150;
const CLEAR_LINE = '\r\u001b[K';

/** Nothing is said: for machines, and where nobody sees a line being drawn again. */
export const noProgress: Progress = { step: () => undefined, at: () => undefined, end: () => undefined };

/** `████████░░░░  42 %`. */
export const bar = (fraction: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${String(Math.round(fraction * 100)).padStart(3)} %`;
};

/** One line that is drawn again a few times a second: a day of flights goes by in less time than it takes to read a line. */
export const lineProgress = (write: (text: string) => void, now: () => number): Progress => {
  let drawnAt = -Infinity;
  return {
    step: (what) => {
      write(`${CLEAR_LINE}${what}`);
      drawnAt = -Infinity;
    },
    at: (fraction, what) => {
      if (now() - drawnAt < REDRAW_MS) return;
      drawnAt = now();
      write(`${CLEAR_LINE}${bar(fraction)}  ${what}`);
    },
    end: () => write(CLEAR_LINE),
  };
};
