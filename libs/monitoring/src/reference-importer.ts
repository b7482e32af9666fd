import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { Injectable, Optional } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ClickHouse } from '#libs/clickhouse';
import { DatasetError, readColumns } from '#libs/datasets';
import { Deployments, SetFeatureGrid } from '#libs/deployments';
import { EventCodec, EventStore, type Outcome } from '#libs/event-store';
import { type CommandMeta, derivedId, type Uuid } from '#libs/kernel';
import { ImportReference, type MonitoringRefusal, ReviseMonitor } from './commands.js';
import { MonitorDefinition } from './definition.js';
import { Monitors } from './queries.js';
import { fileAsReference, wordFeatures } from './reference-import.js';

/** Where files for references may lie: a directory of the server, so that nobody reads other files through it. */
export abstract class ReferenceFiles {
  abstract readonly directory: string;
}

const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

const refused = (code: MonitoringRefusal, detail: string, field?: string): Outcome<MonitoringRefusal> => ({
  kind: 'refused',
  refusal: { code, detail, ...(field !== undefined && { field }) },
});

/** A derived command: same actor, source and reason, an id of its own. */
const following = (meta: CommandMeta, what: string): CommandMeta => ({
  ...meta,
  commandId: derivedId(meta.commandId, what),
  causationId: meta.commandId,
});

/** Makes the counts of a file, such as the training data, the first choice of a monitor's references. */
@Injectable()
export class ReferenceImporter {
  private readonly deployments: Deployments;

  constructor(
    private readonly commands: CommandBus,
    private readonly clickHouse: ClickHouse,
    store: EventStore,
    codec: EventCodec,
    @Optional() private readonly files?: ReferenceFiles,
  ) {
    this.deployments = new Deployments(store, codec);
  }

  /** Reads a file of the reference directory. The id of the reference follows from monitor and content. */
  async importFile(monitorId: Uuid, file: string, meta: CommandMeta): Promise<Outcome<MonitoringRefusal>> {
    const [monitor] = await this.clickHouse.query(Monitors, { monitorIds: [monitorId], deploymentId: null, afterName: '', limit: 1 });
    if (!monitor) return refused('NO_SUCH_MONITOR', 'no monitor has this id');
    const deployment = await this.deployments.stateOf(monitor.deploymentId);
    if (deployment.status === 'unknown') return refused('NO_SUCH_MONITOR', 'the deployment of this monitor is not known');
    if (!meta.reason) return refused('REASON_REQUIRED', 'a change of the reference needs a reason', 'reason');
    if (!this.files || !FILE_NAME.test(file))
      return refused('FILE_REFUSED', 'a file is named without a path and lies in the reference directory', 'file');
    const from = path.join(this.files.directory, file);
    try {
      const columns = await readColumns(from, { categorical: wordFeatures(deployment) });
      const sha256 = await digestOf(from);
      const referenceId = derivedId(monitorId, `file:${sha256}`);
      const { parts, grids } = fileAsReference(columns, deployment, { monitorId, referenceId, name: file, source: { file, sha256 } });
      if (parts.every(({ subjects }) => subjects.length === 0))
        return refused('FILE_REFUSED', 'no column of the file is a feature of the deployment', 'file');
      for (const { subject, grid, values } of grids) {
        const data = { deploymentId: monitor.deploymentId, subject, grid, basis: 'reference' as const, values };
        await this.commands.execute(new SetFeatureGrid(data, following(meta, `grid ${subject}`)));
      }
      const imported = await this.commands.execute<ImportReference, Outcome<MonitoringRefusal>>(
        new ImportReference({ monitorId, parts }, following(meta, 'import')),
      );
      if (imported.kind === 'refused') return imported;
      const definition = withDataset(MonitorDefinition.parse(JSON.parse(monitor.definition)), referenceId);
      return await this.commands.execute<ReviseMonitor, Outcome<MonitoringRefusal>>(new ReviseMonitor({ monitorId, definition }, meta));
    } catch (error) {
      if (error instanceof DatasetError) return refused('FILE_REFUSED', error.message, 'file');
      throw error;
    }
  }
}

const REFERENCES_MAX = 5;

/** The new file first; an older one gives way, the other choices stay as they are. */
const withDataset = (definition: MonitorDefinition, referenceId: string): MonitorDefinition => {
  const others = definition.references.filter(({ kind }) => kind !== 'dataset');
  return { ...definition, references: [{ kind: 'dataset' as const, referenceId }, ...others].slice(0, REFERENCES_MAX) };
};

const digestOf = async (file: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  return hash.digest('hex');
};
