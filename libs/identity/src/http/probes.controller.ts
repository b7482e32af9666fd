import { Controller, Get, Header, Res } from '@nestjs/common';
import { Metrics, Readiness } from '#libs/observability';
import { type EdgeReply } from './edge.js';
import { Open, Requires } from './route-access.js';

/** What `GET /version` says. */
export class BuildVersion {
  constructor(
    readonly name: string,
    readonly version: string,
  ) {}
}

/** What machines ask of a process. Only the metrics say something about what is in it, so only they take a key. */
@Controller()
export class ProbesController {
  constructor(
    private readonly readiness: Readiness,
    private readonly metricsOf: Metrics,
    private readonly build: BuildVersion,
  ) {}

  /** The process answers. */
  @Get('health')
  @Open()
  @Header('cache-control', 'no-store')
  @Header('content-type', 'text/plain; charset=utf-8')
  health(): string {
    return 'OK';
  }

  /** 200 when everything the process needs works, else 503; names what fails. */
  @Get('ready')
  @Open()
  async ready(@Res() reply: EdgeReply): Promise<void> {
    const report = await this.readiness.report();
    reply
      .code(report.ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .type('application/json')
      .send(JSON.stringify(report));
  }

  @Get('version')
  @Open()
  version(): { readonly name: string; readonly version: string } {
    return { name: this.build.name, version: this.build.version };
  }

  @Get('metrics')
  @Requires('metrics.read')
  async metrics(@Res() reply: EdgeReply): Promise<void> {
    reply.type(this.metricsOf.contentType).send(await this.metricsOf.text());
  }
}
