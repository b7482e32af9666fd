/** `problem`: something is wrong or will be soon. `warn`: somebody should look. `ok`: looked at, and well. */
export type Level = 'ok' | 'warn' | 'problem';

/** One thing that was looked at: what, the figure found, and what to do about it where something is to be done. */
export type Finding = { readonly level: Level; readonly what: string; readonly figure: string; readonly advice: string };

export const ok = (what: string, figure: string): Finding => ({ level: 'ok', what, figure, advice: '' });
export const warn = (what: string, figure: string, advice: string): Finding => ({ level: 'warn', what, figure, advice });
export const problem = (what: string, figure: string, advice: string): Finding => ({ level: 'problem', what, figure, advice });

const LEVELS: readonly Level[] = ['ok', 'warn', 'problem'];

/** The worst level among findings. */
export const worstOf = (findings: readonly Finding[]): Level =>
  LEVELS[Math.max(0, ...findings.map(({ level }) => LEVELS.indexOf(level)))] ?? 'ok';
