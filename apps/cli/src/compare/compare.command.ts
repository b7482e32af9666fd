import { writeFile } from 'node:fs/promises';
import { type Command } from 'commander';
import { BINNINGS, METHOD_IDS, MULTIVARIATE_METHODS, VECTOR_METHODS } from '#libs/statistics';
import { compareFiles } from './compare-files.js';
import { htmlReport } from './html.js';
import { compareLike } from './like/compare-like.js';
import { likeJson } from './like/json.js';
import { parseLike } from './like/options.js';
import { PEERS } from './like/report.js';
import { likeTable } from './like/table.js';
import { outputOf } from '../output.js';
import { jsonReport } from './json.js';
import { parseOptions, type RawOptions } from './options.js';
import { tableReport } from './table.js';
import { compareTogether } from './together/compare-together.js';
import { parseTogether, type RawTogether } from './together/options.js';
import { togetherTable } from './together/table.js';

const gather = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const DETAILS = `
Defaults: numeric columns by psi and kolmogorov_smirnov, categorical ones by psi and chi_square. A method that does not fit the kind of a column
is left out there. Edges come from the reference with open outer bins (sturges: from both files together). Missing: empty, NA, NaN, null.
A threshold is a limit on the score, never on the p-value: drifted means score >= threshold. Exit status: 0 compared, 1 a file cannot be read,
2 wrong usage; drift does not change it.
With --level every score is held against what it is when nothing drifted: a test's own p-value, else a closed form or the rows dealt out anew with
a fixed seed, then adjusted over all columns (Benjamini and Hochberg). A limit on a score knows nothing of how many rows there are; this does.
Words are counted one by one with --exact and with --buckets alike. With --quality the reference says what is right: its type, range and categories. Missing values are always counted.
With --together and --vector rows are compared as one, and --method takes one of the methods for that (all unless named):
${MULTIVARIATE_METHODS.map(({ id }) => id).join(', ')};
${VECTOR_METHODS.map(({ id }) => id).join(', ')}.
They see that columns go together otherwise where each stays as it was, and give a p-value by random splits; nothing else can be set.
With --like the other tool chooses method, bins and limits (--method picks among its methods); nothing else can be set. NannyML's score is
that of the whole current file; beside it stand the chunks it cuts files into by default, with its limit on them.`;

/** `driftledger compare REFERENCE CURRENT`: two data files in, drift per column out. Needs no server. */
export const register = (program: Command): void => {
  const command = program
    .command('compare')
    .description('compare two data files (CSV, NDJSON, Parquet) column by column')
    .argument('<reference>', 'file that says what is normal')
    .argument('<current>', 'file to compare with it')
    .option('--method <id>', `${METHOD_IDS.join(', ')} (repeatable)`, gather)
    .option('--bins <number>', 'bins for quantile and equal_width (default 10)')
    .option('--binning <rule>', `${BINNINGS.join(', ')} (default quantile)`)
    .option('--zero <rule>', 'what happens to empty bins: add:0.5 (default), replace:0.0001, none')
    .option('--base <base>', 'base of the logarithm of jensen_shannon: e (default) or 2')
    .option('--categories-max <number>', 'words that chi_square, g_test and cramers_v keep apart; rarer ones count as one')
    .option('--expected-min <number>', 'words expected less often count as one there (Cochran: 5)')
    .option('--threshold <limit>', 'limit on the score, for all methods or as method=limit (repeatable)', gather)
    .option('--level <probability>', 'also which scores are beyond chance at these sizes, over all columns, and effect sizes (0.05, say)')
    .option('--exact', 'measure every value (default)')
    .option('--buckets', 'measure bucket counts, as the server does')
    .option('--quality', 'also what is wrong with the current file: types, new categories, range, repeats, constants')
    .option('--like <peer>', `the numbers of ${PEERS.join(' or ')}, and where ours differ and why`)
    .option('--together <columns>', 'compare these columns as one, with commas between them')
    .option('--vector <column>', 'compare the vectors of a column (lists of numbers in NDJSON or Parquet, JSON text in CSV)')
    .option('--html <file>', 'write the report as one self-contained page')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', DETAILS);
  command.action(async (reference: string, current: string, raw: RawOptions & RawTogether) => {
    const write = outputOf(command).out;
    const asOne = parseTogether(raw);
    if (asOne) {
      const report = await compareTogether({ reference, current }, asOne);
      write(raw.json === true ? `${JSON.stringify(report, null, 2)}\n` : togetherTable(report));
      return;
    }
    if (raw.like !== undefined) {
      const like = await compareLike({ reference, current }, parseLike(raw.like, raw));
      write(raw.json === true ? `${JSON.stringify(likeJson(like), null, 2)}\n` : likeTable(like));
      return;
    }
    const report = await compareFiles({ reference, current }, parseOptions(raw));
    if (raw.html !== undefined) await writeFile(raw.html, htmlReport(report));
    if (raw.json === true) write(`${JSON.stringify(jsonReport(report), null, 2)}\n`);
    else write(raw.html === undefined ? tableReport(report) : `Report written to ${raw.html}\n`);
  });
};
