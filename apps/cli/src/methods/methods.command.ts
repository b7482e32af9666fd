import { type Command } from 'commander';
import { outputOf } from '../output.js';
import { describedDetectors, describedEstimators, describedMethods, describedMultivariate, describedVectors } from './described.js';
import { detectorsText, estimatorsText, methodsText, rowsMethodsText } from './text.js';

const DETAILS = `
Cost is time on input that is ready: n and m values a side in ascending order, or bins. A version is raised whenever the same input may give
another number; it is stored with every score.`;

/** `driftledger methods`: what can be measured, and what each number means. Needs no server. */
export const register = (program: Command): void => {
  const command = program
    .command('methods')
    .description('list the drift methods, streaming detectors and estimators with meaning, range, cost and source')
    .option('--json', 'print the list as JSON')
    .addHelpText('after', DETAILS);
  command.action((options: { readonly json?: true }) => {
    const described = {
      methods: describedMethods(),
      multivariate: describedMultivariate(),
      vectors: describedVectors(),
      detectors: describedDetectors(),
      estimators: describedEstimators(),
    };
    outputOf(command).out(
      options.json
        ? `${JSON.stringify(described, null, 2)}\n`
        : [
            methodsText(described.methods),
            `of several columns together (compare --together):\n\n${rowsMethodsText(described.multivariate)}`,
            `of vectors (compare --vector):\n\n${rowsMethodsText(described.vectors)}`,
            `of a stream, one value after the other (detect):\n\n${detectorsText(described.detectors)}`,
            `of a model before its labels come (estimate):\n\n${estimatorsText(described.estimators)}`,
          ].join('\n'),
    );
  });
};
