import { Readable } from 'node:stream';
import { Body, Controller, Get, Header, HttpCode, Inject, Logger, Param, Post, Req, Res } from '@nestjs/common';
import { z } from 'zod';
import { ClickHouse, MigrationError, type MigrationReport, migrate } from '#libs/clickhouse';
import { type EdgeReply, type EdgeRequest, Problem, Requires, commandMetaOf, parsed } from '#libs/identity/http';
import { Clock } from '#libs/kernel';
import { type Diagnosis, type DoctorParts, examine } from './doctor.js';
import { OperationsLog } from './operations-log.js';
import { type RebuildMessage, RebuildRuns, Rebuilds, projectionNamed, projectionNames } from './rebuilds.js';

/** What the doctor of this process looks at. */
export class Doctor {
  constructor(private readonly parts: DoctorParts) {}

  examine(): Promise<Diagnosis> {
    return examine(this.parts);
  }
}

const RebuildBody = z.strictObject({ adopt: z.boolean().default(true) });

/** What whoever runs an installation asks of a running one. */
@Controller('v1')
export class OperationsController {
  private readonly logger = new Logger(OperationsController.name);

  constructor(
    @Inject(Doctor) private readonly doctor: Doctor,
    @Inject(Rebuilds) private readonly rebuilds: Rebuilds,
    @Inject(ClickHouse) private readonly clickHouse: ClickHouse,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(OperationsLog) private readonly log: OperationsLog,
  ) {}

  /** What is well and what is not, with figures and advice. */
  @Get('doctor')
  @Requires('operations.read')
  @Header('cache-control', 'no-store')
  diagnosis(): Promise<Diagnosis> {
    return this.doctor.examine();
  }

  /** Answers at once and line by line (NDJSON): progress, then what came of it. Who hangs up stops it. */
  @Post('projections/:name/rebuild')
  @Requires('operations.write')
  async rebuild(@Param('name') name: string, @Body() body: unknown, @Req() request: EdgeRequest, @Res() reply: EdgeReply): Promise<void> {
    const { adopt } = parsed(RebuildBody, body ?? {});
    const catalogued = projectionNamed(name);
    if (!catalogued) {
      const detail = `there is no projection of this name; there are ${projectionNames().join(', ')}`;
      throw new Problem({ status: 404, code: 'PROJECTION_UNKNOWN', detail, field: 'name' });
    }
    const messages = await this.rebuilds.start({ catalogued, adopt, meta: commandMetaOf(request) }).catch((error: unknown) => {
      if (error instanceof RebuildRuns) throw new Problem({ status: 409, code: 'REBUILD_RUNS', detail: error.message }, { cause: error });
      throw error;
    });
    const lines = this.lines(messages);
    reply.code(200).header('cache-control', 'no-store').type('application/x-ndjson').send(Readable.from(lines));
  }

  /** A running server has applied every migration of its release when it started; the answer says so after looking. */
  @Post('migrate')
  @Requires('operations.write')
  @HttpCode(200)
  async migrate(@Req() request: EdgeRequest): Promise<MigrationReport> {
    const meta = commandMetaOf(request);
    try {
      const report = await migrate(this.clickHouse, { clock: this.clock });
      await this.log.migrated(report, meta);
      return report;
    } catch (error) {
      if (error instanceof MigrationError) throw new Problem({ status: 409, code: 'MIGRATION', detail: error.message }, { cause: error });
      throw error;
    }
  }

  private async *lines(messages: AsyncIterable<RebuildMessage>): AsyncGenerator<string, void, undefined> {
    for await (const message of messages) {
      if (message.kind === 'done' && !message.equal)
        this.logger.warn(`the live tables of ${message.projection} were not what the log makes of them; adopted: ${message.adopted}`);
      if (message.kind === 'failed') this.logger.error(`a rebuild failed: ${message.detail}`);
      yield `${JSON.stringify(message)}\n`;
    }
  }
}
