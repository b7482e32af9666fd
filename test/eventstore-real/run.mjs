// Verifies the EventStoreDB adapter against a real server and writes what was found to docs/verification/:
//   EVENTSTORE_URL='esdb://127.0.0.1:2113?tls=false' npm run test:eventstore:real
// With EVENTSTORE_RESTART_CMD, a shell command that restarts a server with a disk, also what a restart leaves.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { EVENTSTORE_URL, EVENTSTORE_RESTART_CMD } = process.env;
if (!EVENTSTORE_URL) {
  console.error('not run: set EVENTSTORE_URL to a server whose database may be written to, such as esdb://127.0.0.1:2113?tls=false');
  process.exit(2);
}

const directory = mkdtempSync(join(tmpdir(), 'eventstore-real-'));
const [results, findings] = [join(directory, 'results.json'), join(directory, 'findings.ndjson')];
writeFileSync(findings, '');
const { status } = spawnSync(
  process.execPath,
  [
    ...['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js', 'real-server'],
    ...['--selectProjects', 'engines', '-w', '1', '--testTimeout', '300000', '--json', '--outputFile', results],
  ],
  { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, EVENTSTORE_FINDINGS: findings } },
);

const linesOf = (file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(results, 'utf8'));
const transcripts = linesOf(findings);
const version = transcripts[0]?.version ?? 'unknown';
const { version: client } = JSON.parse(readFileSync('node_modules/@eventstore/db-client/package.json', 'utf8'));
const record = {
  date: new Date().toISOString(),
  passed: status === 0,
  server: { version, tls: !/tls=false/i.test(EVENTSTORE_URL) },
  client: `@eventstore/db-client ${client}`,
  node: process.version,
  tests: { passed: numPassedTests, failed: numFailedTests },
  failed: testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter((result) => result.status === 'failed').map((result) => result.fullName),
  ),
  transcripts: transcripts.map(({ mode, operations, differences }) => ({ mode, operations, differences })),
  restart: EVENTSTORE_RESTART_CMD ? 'tested' : 'not tested',
};
const file = `docs/verification/${record.date.slice(0, 10)}-eventstore-${version.replace(/[^0-9A-Za-z.]+/g, '-')}.json`;
mkdirSync('docs/verification', { recursive: true });
writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`);
rmSync(directory, { recursive: true, force: true });
console.log(JSON.stringify(record, undefined, 2));
console.log(`written to ${file}`);
process.exit(status === 0 ? 0 : 1);
