import { type Command } from 'commander';
import { outputOf } from '../output.js';
import { estimateFiles } from './estimate-files.js';
import { jsonReport } from './json.js';
import { parseOptions, type RawOptions } from './options.js';
import { tableReport } from './table.js';

const DETAILS = `
cbpe: predictions and labels are 1 and 0 (or true and false), scores are probabilities; with --score class=column,class=column,… predictions and
labels are names of classes, and every class has its column of scores. dle: predictions and labels are numbers; the features are all other
columns of both files unless --features names them. Labels of the current file, where it has some, are shown beside the estimates and never used for them.
Band: estimate ± three sampling errors. Threshold: mean ± three deviations of the realised metric over the reference's chunks. Without --chunk-size each
file is cut into ten. Neither method sees that the same inputs now lead to other outcomes, and dle says of inputs
beyond the reference what it says at their edge. Exit status: 0 estimated, 1 a file cannot be read, 2 wrong usage.`;

/** `driftledger estimate`: performance of answers whose labels have not come yet. Needs no server. */
export const register = (program: Command): void => {
  const command = program
    .command('estimate')
    .description('estimate performance before labels come, from a reference that has them')
    .requiredOption('--method <id>', 'cbpe (yes/no answers, classes) or dle (numbers)')
    .requiredOption('--reference <file>', 'answers with labels (CSV, NDJSON, Parquet)')
    .requiredOption('--current <file>', 'answers to estimate')
    .requiredOption('--prediction <column>', 'what the model answered')
    .requiredOption('--label <column>', 'what was true')
    .option('--score <column>', 'probability of a yes, for cbpe; or class=column for every class, with commas between them')
    .option('--features <columns>', 'inputs of the model for dle, with commas between them')
    .option('--chunk-size <rows>', 'rows per chunk (default: ten chunks)')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', DETAILS);
  command.action(async (raw: RawOptions) => {
    const report = await estimateFiles(parseOptions(raw));
    outputOf(command).out(raw.json === true ? `${JSON.stringify(jsonReport(report), null, 2)}\n` : tableReport(report));
  });
};
