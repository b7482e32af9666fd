import { requirePairs } from '../requirements.js';
import { classificationMetrics, type ClassificationMetrics, type ConfusionCounts } from './classification.js';

/** Counts of (true class, answered class), classes in code-unit order: `cells[i][j]` = truth i answered as j. */
export type ConfusionMatrix = { readonly classes: readonly string[]; readonly cells: readonly (readonly number[])[] };

/**
 * The confusion matrix of answers with any number of classes, over all classes that occur on either side (`sklearn.metrics.confusion_matrix`).
 * @throws StatisticsError `confusionMatrix requires as many answers as labels` | `confusionMatrix requires at least one labelled answer`
 */
export const confusionMatrix = (truth: readonly string[], answers: readonly string[]): ConfusionMatrix => {
  requirePairs('confusionMatrix', truth, answers);
  const classes = [...new Set([...truth, ...answers])].sort();
  const index = new Map(classes.map((name, i) => [name, i]));
  const cells = classes.map(() => new Array<number>(classes.length).fill(0));
  truth.forEach((name, i) => {
    const row = cells[index.get(name) ?? -1];
    const column = index.get(answers[i] ?? '') ?? -1;
    if (row) row[column] = (row[column] ?? 0) + 1;
  });
  return { classes, cells };
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** One class against all others. An unknown class has no true and no answered cases. */
export const oneAgainstRest = ({ classes, cells }: ConfusionMatrix, positive: string): ConfusionCounts => {
  const at = classes.indexOf(positive);
  const all = sum(cells.map(sum));
  const truePositives = cells[at]?.[at] ?? 0;
  const falseNegatives = sum(cells[at] ?? []) - truePositives;
  const falsePositives = sum(cells.map((row) => row[at] ?? 0)) - truePositives;
  return { truePositives, falsePositives, falseNegatives, trueNegatives: all - truePositives - falseNegatives - falsePositives };
};

/**
 * Accuracy over all classes, and the plain mean over classes of precision, recall and F1 (`average='macro'`), each over the classes that have
 * one; absent when no class has. scikit-learn counts the missing ones as 0 instead.
 */
export const macroMetrics = (matrix: ConfusionMatrix): ClassificationMetrics => {
  const parts = matrix.classes.map((name) => classificationMetrics(oneAgainstRest(matrix, name)));
  const mean = (values: readonly (number | undefined)[]): number | undefined => {
    const present = values.filter((value) => value !== undefined);
    return present.length === 0 ? undefined : sum(present) / present.length;
  };
  const [precision, recall, f1] = [mean(parts.map((p) => p.precision)), mean(parts.map((p) => p.recall)), mean(parts.map((p) => p.f1))];
  const right = sum(matrix.cells.map((row, i) => row[i] ?? 0));
  return {
    accuracy: right / sum(matrix.cells.map(sum)),
    ...(precision !== undefined && { precision }),
    ...(recall !== undefined && { recall }),
    ...(f1 !== undefined && { f1 }),
  };
};
