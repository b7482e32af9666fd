import { type Diagnosis, type Level } from '#libs/operations';

const MARKS: Readonly<Record<Level, string>> = { ok: 'ok     ', warn: 'look at', problem: 'PROBLEM' };
const CLOSING: Readonly<Record<Level, string>> = {
  ok: 'Everything is well.',
  warn: 'It works; some of it should be looked at.',
  problem: 'Something is wrong.',
};

/** The findings as lines: level, what, figure; the advice below where there is one. */
export const diagnosisTable = ({ level, findings }: Diagnosis): string => {
  const width = Math.max(0, ...findings.map(({ what }) => what.length));
  const lines = findings.flatMap((finding) => [
    `${MARKS[finding.level]}  ${finding.what.padEnd(width)}  ${finding.figure}`,
    ...(finding.advice === '' ? [] : [`${' '.repeat(width + 11)}${finding.advice}`]),
  ]);
  return `${[...lines, '', CLOSING[level]].join('\n')}\n`;
};
