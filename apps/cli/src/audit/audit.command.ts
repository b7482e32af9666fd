import { type Command } from 'commander';
import { type Client, connect } from '../client.js';
import { UsageError } from '../usage-error.js';
import { type Entry, TRAIL, TrailPage } from './answers.js';
import { type FilterFlags, filterOf } from './filter.js';
import { trailTable } from './table.js';

type AuditFlags = FilterFlags & { readonly limit: string; readonly json?: true };

const PAGE = 200;
const LIMIT_MAX = 100_000;

const DETAILS = `
Asks the running server: DRIFTLEDGER_URL (default http://127.0.0.1:4000), with DRIFTLEDGER_KEY or the key in <data>/admin.key.
Deployments, monitors and actors are given by name or by UUID. Times are dates or RFC 3339; --until is exclusive.
Example: driftledger audit --deployment flights --class alert --from 2001-03-01`;

/** `driftledger audit`. */
export const register = (program: Command): void => {
  const audit = program.command('audit').description('show what happened, by whom, from where and why, newest first');
  const write = (text: string): void => (audit.configureOutput().writeOut ?? ((out: string) => void process.stdout.write(out)))(text);
  audit
    .option('--model <name>', 'entries about deployments that serve a model')
    .option('--deployment <name>', 'entries about a deployment')
    .option('--monitor <name>', 'entries about a monitor')
    .option('--subject <subject>', 'entries about a feature, output or metric, such as feature:origin')
    .option('--actor <name>', 'entries of a principal')
    .option('--class <class>', 'alert, measurement, deployment, identity, access, intake …')
    .option('--type <event>', 'entries of one event, such as AlertRaised')
    .option('--from <time>', 'recorded then or later')
    .option('--until <time>', 'recorded before')
    .option('--correlation <uuid>', 'everything that belongs to one request')
    .option('--intake', 'entries of the intake too: they are many')
    .option('--limit <count>', 'entries to show', '50')
    .option('--json', 'print the entries as JSON, with what they changed')
    .addHelpText('after', DETAILS)
    .action(async (flags: AuditFlags) => {
      const limit = limitOf(flags.limit);
      const filter = filterOf(flags);
      const entries = await trail(await connect(process.env), filter, limit);
      write(flags.json ? `${JSON.stringify(entries, null, 2)}\n` : trailTable(entries));
    });
};

const limitOf = (text: string): number => {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) throw new UsageError('LIMIT', `--limit lies between 1 and ${LIMIT_MAX}`);
  return limit;
};

/** Entries of the trail, page by page, until there are enough. @throws ServerError */
const trail = async (client: Client, filter: Readonly<Record<string, unknown>>, limit: number): Promise<readonly Entry[]> => {
  const entries: Entry[] = [];
  for (let after: string | null = null; ;) {
    const first = Math.min(PAGE, limit - entries.length);
    const { auditTrail }: TrailAnswer = await client.graphql(TRAIL, TrailPage, { filter, first, after });
    entries.push(...auditTrail.nodes);
    after = auditTrail.pageInfo.endCursor;
    if (!auditTrail.pageInfo.hasNextPage || entries.length >= limit) return entries;
  }
};

type TrailAnswer = ReturnType<typeof TrailPage.parse>;
