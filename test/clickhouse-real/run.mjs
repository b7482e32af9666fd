// Runs the contract of the ClickHouse port on a real server, in databases of its own:
//   CLICKHOUSE_URL=http://user:password@127.0.0.1:8123 npm run test:clickhouse:real
import { spawnSync } from 'node:child_process';

if (!process.env.CLICKHOUSE_URL) {
  console.error('not run: set CLICKHOUSE_URL to a server on which databases may be made, such as http://127.0.0.1:8123');
  process.exit(2);
}
const { status } = spawnSync(
  process.execPath,
  [
    ...[
      '--disable-warning=ExperimentalWarning',
      '--experimental-vm-modules',
      'node_modules/jest/bin/jest.js',
      'libs/clickhouse/src/clickhouse.int',
    ],
    ...['--selectProjects', 'engines', '-w', '1', '-t', 'a real server'],
  ],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
