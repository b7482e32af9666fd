import { judgesByTest } from './definition-methods.js';
import { type MonitorDefinition, type ReferenceChoice, type Selection } from './definition.js';

const span = (minutes: number): string => {
  if (minutes % 10_080 === 0) return 'week';
  if (minutes % 1440 === 0) return 'day';
  return minutes % 60 === 0 ? (minutes === 60 ? 'hour' : `${minutes / 60} hours`) : `${minutes} minutes`;
};

const referenceInWords = (choice: ReferenceChoice): string => {
  switch (choice.kind) {
    case 'dataset':
      return 'an imported dataset, such as the training data';
    case 'frozen':
      return `the predictions from ${new Date(choice.from).toISOString()} to ${new Date(choice.until).toISOString()}`;
    case 'same_weekday':
      return `the same weekday of the previous ${choice.weeks} weeks, once ${choice.weeksMin} of them have enough rows`;
    case 'rolling':
      return `the previous ${choice.windows} windows`;
    case 'first_days':
      return `the first ${choice.days} complete days, which cannot show earlier drift`;
  }
};

const selectionInWords = ({ version, variant, segments = {} }: Selection): string => {
  const parts = [
    ...(version === undefined ? [] : [`version ${version}`]),
    ...(variant === undefined ? [] : [`variant ${variant}`]),
    ...Object.entries(segments).map(([name, value]) => `${name} = ${value}`),
  ];
  return parts.length === 0 ? 'all predictions' : `predictions with ${parts.join(', ')}`;
};

const methodsInWords = ({ judges, shown }: MonitorDefinition): string => {
  const beside = [...new Set([...shown.numeric, ...shown.categorical].map(({ id }) => id))].join(', ');
  const tests = [...new Set([judges.numeric.id, judges.categorical.id].filter(judgesByTest))].join(' and ');
  const judging = `${judges.numeric.id} judges numbers and ${judges.categorical.id} categories; ${beside === '' ? 'nothing is' : `${beside} are`} shown beside.`;
  return tests === '' ? judging : `${judging} ${tests} judges by its p-value; the Jensen-Shannon distance of the same bins says how much.`;
};

/** The whole definition as sentences, for the preview before a monitor is made. */
export const definitionInWords = (definition: MonitorDefinition): string[] => {
  const { judgement, performance, restatement, alerting } = definition;
  const references = definition.references.map(referenceInWords).join('; else ');
  return [
    `Measures ${selectionInWords(definition.selection)}, ${definition.subjects ? definition.subjects.join(', ') : 'every feature and output'}, for each ${span(definition.windowMinutes)} in ${definition.timeZone}.`,
    `A window closes ${definition.latenessMinutes} minutes after its end, in the time of the predictions; with fewer than ${definition.rowsMin} rows it is skipped.`,
    `Compares with ${references}.`,
    methodsInWords(definition),
    `A breach is significant at ${judgement.level} after Benjamini-Hochberg, beyond what the reference's own windows reach, and at least ${judgement.margins.jensen_shannon} (Jensen-Shannon distance) or ${judgement.margins.psi} (PSI) above what is expected without drift.`,
    alerting.n === 1
      ? `An alert is raised at the first breach and cleared after ${alerting.m} calm windows.`
      : `An alert is raised at ${alerting.k} breaches of ${alerting.n} windows and cleared after ${alerting.m} calm windows. No data counts as neither.`,
    `A window is measured again when ${restatement.shareMin * 100} % of its rows or labels are new, and for the last time after ${restatement.finalAfterHours} hours.`,
    performance.enabled
      ? `Performance is measured as labels arrive, for ${performance.labelHorizonDays} days, and judged from a labelled share of ${performance.labelledShareMin}.`
      : 'Performance is not measured.',
  ];
};
