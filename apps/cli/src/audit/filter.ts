import { AUDIT_CLASSES } from '#libs/audit';
import { deploymentIdOf } from '#libs/deployments';
import { globalId } from '#libs/graphql-kit';
import { principalIdOf } from '#libs/identity';
import { isUuid, uuid } from '#libs/kernel';
import { monitorIdOf } from '#libs/monitoring';
import { UsageError } from '../usage-error.js';

/** Flags of the command as they were typed. */
export type FilterFlags = {
  readonly model?: string;
  readonly deployment?: string;
  readonly monitor?: string;
  readonly subject?: string;
  readonly actor?: string;
  readonly class?: string;
  readonly type?: string;
  readonly from?: string;
  readonly until?: string;
  readonly correlation?: string;
  readonly intake?: true;
};

/** People know names; the server knows ids, and an id follows from its name. */
const idOf = (type: string, text: string, fromName: (name: string) => ReturnType<typeof uuid>): string =>
  globalId(type, isUuid(text) ? uuid(text) : fromName(text));

const classOf = (text: string): string => {
  if (!AUDIT_CLASSES.some((known) => known === text)) throw new UsageError('CLASS', `--class takes ${AUDIT_CLASSES.join(', ')}`);
  return text.toUpperCase();
};

const timeOf = (flag: string, text: string): string => {
  const at = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(at)) throw new UsageError('TIME', `--${flag} takes a date or a time with offset, such as 2026-11-23T18:00:00Z`);
  return new Date(at).toISOString();
};

/** The filter the server takes. @throws UsageError */
export const filterOf = (flags: FilterFlags): Readonly<Record<string, unknown>> => ({
  ...(flags.model === undefined ? {} : { model: flags.model }),
  ...(flags.deployment === undefined ? {} : { deployment: idOf('Deployment', flags.deployment, deploymentIdOf) }),
  ...(flags.monitor === undefined ? {} : { monitor: idOf('Monitor', flags.monitor, monitorIdOf) }),
  ...(flags.subject === undefined ? {} : { subject: flags.subject }),
  ...(flags.actor === undefined ? {} : { actor: idOf('Principal', flags.actor, principalIdOf) }),
  ...(flags.class === undefined ? {} : { class: classOf(flags.class) }),
  ...(flags.type === undefined ? {} : { type: flags.type }),
  ...(flags.from === undefined ? {} : { from: timeOf('from', flags.from) }),
  ...(flags.until === undefined ? {} : { until: timeOf('until', flags.until) }),
  ...(flags.correlation === undefined ? {} : { correlation: flags.correlation }),
  ...(flags.intake ? { includeIntake: true } : {}),
});
