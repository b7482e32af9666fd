import { type ClickHouse } from '#libs/clickhouse';
import { type Clock, instant, isoOf } from '#libs/kernel';
import { type Finding, ok, warn } from './finding.js';
import { SilentMonitors, UnwatchedDeployments } from './queries.js';

/** A daily window closes an hour after its day, and is then measured: after three days something is wrong. */
const SILENT_MS = 3 * 86_400_000;

/** Deployments that nobody measures, and monitors that do not measure. */
export const monitorFindings = async (clickHouse: ClickHouse, clock: Clock): Promise<readonly Finding[]> => {
  const [unwatched, silent] = await Promise.all([
    clickHouse.query(UnwatchedDeployments, {}),
    clickHouse.query(SilentMonitors, { before: instant(clock.now() - SILENT_MS) }),
  ]);
  return [
    ...(unwatched.length === 0 ? [ok('deployments', 'each has a monitor')] : []),
    ...unwatched.map(({ deployment }) =>
      warn('deployments', `${deployment} has no monitor`, 'nobody sees its drift: create a monitor for it'),
    ),
    ...(silent.length === 0 ? [ok('monitors', 'none of the active ones is silent')] : []),
    ...silent.map(({ name, deployment, last }) =>
      warn(
        'monitors',
        `${name} of ${deployment} has measured ${last > 0 ? `nothing since ${isoOf(last)}` : 'nothing yet'}`,
        'look at its skipped windows for the reason: too few rows, no reference, or no predictions; or pause it',
      ),
    ),
  ];
};
