import { join } from 'node:path';

/** Where an embedded process keeps things. Everything but `log.sqlite`, `keys` and `admin.key` can be built again from the log. */
export class DataDirectory {
  constructor(readonly path: string) {}

  get log(): string {
    return join(this.path, 'log.sqlite');
  }

  get clickHouse(): string {
    return join(this.path, 'clickhouse');
  }

  get intents(): string {
    return join(this.path, 'intents');
  }

  get snapshots(): string {
    return join(this.path, 'known-ids');
  }

  get keys(): string {
    return join(this.path, 'keys');
  }

  get adminKey(): string {
    return join(this.path, 'admin.key');
  }
}
