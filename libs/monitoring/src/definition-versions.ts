import { type z } from 'zod';
import { isMethodId, methodById } from '#libs/statistics';
import { type JudgementRule, type MethodRef, type MonitorDefinition } from './definition.js';

/** Version of the rule `three_gates` by which this release judges. */
export const RULE_VERSION = 3;

/** A method in the version that this release computes; one that it does not know is left as it is. */
export const presentMethod = (method: MethodRef): MethodRef =>
  isMethodId(method.id) ? { ...method, version: methodById(method.id).version } : method;

/** Limits under the version of the rule that this release judges by. */
export const presentRule = (rule: JudgementRule): JudgementRule => ({ ...rule, version: RULE_VERSION });

/** A definition under the versions that this release computes, whatever they were when it was recorded. */
export const inPresentVersions = ({ judges, shown, judgement, ...rest }: MonitorDefinition): MonitorDefinition => ({
  ...rest,
  judges: { numeric: presentMethod(judges.numeric), categorical: presentMethod(judges.categorical) },
  shown: { numeric: shown.numeric.map(presentMethod), categorical: shown.categorical.map(presentMethod) },
  judgement: presentRule(judgement),
});

/**
 * Whether this release computes something in a later version than the definition says. A definition of a later release is none: it is not
 * taken back while two releases run side by side.
 */
export const isOfEarlierVersions = (definition: MonitorDefinition): boolean => {
  const { judges, shown, judgement } = definition;
  const methods = [judges.numeric, judges.categorical, ...shown.numeric, ...shown.categorical];
  return judgement.version < RULE_VERSION || methods.some((method) => method.version < presentMethod(method).version);
};

/** Refuses a rule of another version: it is not what would judge. */
export const checkRule = ({ judgement }: MonitorDefinition, context: z.core.$RefinementCtx<MonitorDefinition>): void => {
  if (judgement.version === RULE_VERSION) return;
  const message = `${judgement.rule} is computed in version ${RULE_VERSION}`;
  context.addIssue({ code: 'custom', path: ['judgement', 'version'], message });
};
