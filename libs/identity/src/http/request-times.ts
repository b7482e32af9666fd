import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Metrics } from '#libs/observability';

type Fastify = ReturnType<NestFastifyApplication['getHttpAdapter']>['getInstance'] extends () => infer T ? T : never;

/** Times every answered request, by the pattern of its route: a URL may hold names, and there are endlessly many. */
@Injectable()
export class RequestTimes {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly metrics: Metrics,
  ) {}

  /** Takes hold of the server as soon as there is one. */
  install(): void {
    // A test makes its modules first and the server afterwards. The declared type does not say that there may be none yet.
    const adapter: HttpAdapterHost['httpAdapter'] | undefined = this.adapter.httpAdapter;
    if (adapter) this.hook(adapter.getInstance<Fastify>());
    else this.adapter.init$.subscribe(() => this.hook(this.adapter.httpAdapter.getInstance<Fastify>()));
  }

  private hook(server: Fastify): void {
    server.addHook('onResponse', (request, reply, done) => {
      const { method, routeOptions, is404 } = request;
      // A method nobody serves is the caller's word: it must not become a label.
      const labels = is404 ? { method: 'any', route: 'none' } : { method, route: routeOptions.url ?? 'none' };
      this.metrics.requestSeconds.observe({ ...labels, status: String(reply.statusCode) }, reply.elapsedTime / 1_000);
      done();
    });
  }
}
