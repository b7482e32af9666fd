import { createHash } from 'node:crypto';
import { type ColumnQuality } from '#libs/statistics';
import { formatPValue, formatScore, formatShare } from './format.js';
import { chart } from './html-chart.js';
import { escape } from './html-escape.js';
import { STYLE } from './html-style.js';
import { findingsOf } from './quality.js';
import { type ColumnReport, type CompareReport, type MethodReport } from './report.js';
import { chanceText, effectsText } from './table.js';

const anchor = (index: number): string => `column-${index + 1}`;
const isDrifted = ({ methods }: ColumnReport): boolean => methods.some(({ drifted }) => drifted === true);
const mark = (column: ColumnReport): string => (isDrifted(column) ? '<span class="mark">drifted</span>' : '');
const scoreText = ({ score, pValue }: MethodReport): string =>
  `${formatScore(score)}${pValue === undefined ? '' : ` <small>p ${formatPValue(pValue)}</small>`}`;

const summaryRow = (column: ColumnReport, index: number, ids: readonly string[]): string => {
  const cells = ids.map((id) => {
    const method = column.methods.find((candidate) => candidate.id === id);
    return `<td class="number${method?.drifted === true ? ' drifted' : ''}">${method ? scoreText(method) : ''}</td>`;
  });
  return `<tr><th scope="row"><a href="#${anchor(index)}">${escape(column.name)}</a></th><td>${column.kind}</td>${cells.join('')}</tr>`;
};

const summary = ({ columns }: CompareReport): string => {
  const ids = [...new Set(columns.flatMap(({ methods }) => methods.map(({ id }) => id)))];
  const head = ids.map((id) => `<th scope="col" class="number">${id}</th>`).join('');
  const rows = columns.map((column, i) => summaryRow(column, i, ids)).join('\n');
  return `<div class="scroll"><table><thead><tr><th scope="col">column</th><th scope="col">kind</th>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
};

const parameterText = (method: MethodReport): string =>
  Object.entries(method.parameters)
    .map(([name, value]) => `${name} ${typeof value === 'object' && value !== null ? value.map(String).join(', ') : String(value)}`)
    .join(' · ');

const chanceLine = ({ chance }: MethodReport, level: number | undefined): string =>
  chance && level !== undefined ? `<p>${chance.beyond ? '<b>beyond chance</b>, ' : ''}${escape(chanceText(chance, level))}</p>` : '';

const methodRow = (method: MethodReport, level: number | undefined): string => {
  const moved = (method.moved ?? [])
    .map(({ bin, reference, current }) => `<li>${escape(bin)}: ${formatShare(reference)} → ${formatShare(current)}</li>`)
    .join('');
  const limit = method.threshold === undefined ? '' : ` <small>limit ${method.threshold}</small>`;
  return `<tr><th scope="row">${method.id}</th><td class="number${method.drifted === true ? ' drifted' : ''}">${scoreText(method)}${limit}</td>
<td>${method.reason === undefined ? '' : `<p>${escape(method.reason)}</p>`}${chanceLine(method, level)}${moved === '' ? '' : `<ul>${moved}</ul>`}<details><summary>definition</summary>${escape(parameterText(method))}</details></td></tr>`;
};

const facts = ({ kind, n, missing, infinite, effects, hint }: ColumnReport, quality: ColumnQuality | undefined): string => {
  const parts = [kind, `${n.reference} → ${n.current} values`, `${missing.reference} → ${missing.current} missing`];
  if (infinite.reference + infinite.current > 0) parts.push(`${infinite.reference} → ${infinite.current} infinite, left out`);
  if (quality) parts.push(...findingsOf(quality));
  if (effects) parts.push(effectsText(effects));
  if (hint !== undefined) parts.push(hint);
  return parts.join(' · ');
};

const section = (column: ColumnReport, index: number, { quality, level }: CompareReport): string => `<section id="${anchor(index)}">
<h2>${escape(column.name)} ${mark(column)}</h2>
<p class="facts">${facts(column, quality?.columns.get(column.name))}</p>
${chart(column.picture, column.name)}
<table><thead><tr><th scope="col">method</th><th scope="col" class="number">score</th><th scope="col">what moved most</th></tr></thead>
<tbody>${column.methods.map((method) => methodRow(method, level)).join('\n')}</tbody></table>
</section>`;

const only = (side: string, names: readonly string[]): string =>
  names.length === 0 ? '' : `<p class="note">Only in the ${side} file: ${names.map(escape).join(', ')}</p>`;

/**
 * The report as one page that needs nothing else: no script, no font, no picture from anywhere, and a content security policy that would
 * forbid them. All text from the files is escaped.
 */
export const htmlReport = (report: CompareReport): string => {
  const style = createHash('sha256').update(STYLE).digest('base64');
  const drifted = report.columns.filter(isDrifted).length;
  const judged = report.columns.some(({ methods }) => methods.some(({ threshold }) => threshold !== undefined));
  const verdict = judged
    ? `${drifted} of ${report.columns.length} columns at or beyond a limit`
    : `${report.columns.length} columns compared, no limit given`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Drift report</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Drift report</h1>
<p><b>${escape(report.files.reference)}</b> (${report.rows.reference} rows) against <b>${escape(report.files.current)}</b> (${report.rows.current} rows)</p>
<p class="verdict">${verdict}</p>
<p class="legend"><span class="key reference"></span> reference <span class="key current"></span> current</p>
</header>
<main>
${summary(report)}
${only('reference', report.onlyIn.reference)}${only('current', report.onlyIn.current)}
${report.columns.map((column, i) => section(column, i, report)).join('\n')}
</main>
<footer>Made by driftledger compare. A score is only comparable with scores of the same definition.</footer>
</body>
</html>
`;
};
