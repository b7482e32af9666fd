import { Global, Module, type DynamicModule } from '@nestjs/common';
import { ALL_EVENTS, ALL_PROJECTIONS } from '#libs/catalogue';
import { type Configuration, type Servers } from '#libs/configuration';
import { IdentityWriteModule } from '#libs/identity';
import { IdentityHttpModule, type RouteAccess } from '#libs/identity/http';
import { DataDirectory } from './data-directory.js';
import { ServersPlatform } from './servers.js';

/** Makes the record of refused commands available to the write side of every context. */
@Global()
@Module({ imports: [IdentityWriteModule], exports: [IdentityWriteModule] })
class AccessModule {}

export type ProgramOptions = {
  /** `api`, `ingest`, `projector` or `evaluator`. */
  readonly program: string;
  readonly version: string;
  readonly configuration: Configuration;
  readonly servers: Servers;
  readonly foreignRoutes?: Readonly<Record<string, RouteAccess>>;
};

/** What every program on servers has: the ports, the guarded HTTP edge, keys and probes. */
@Module({})
export class ProgramModule {
  static forRoot({ program, version, configuration, servers, foreignRoutes = {} }: ProgramOptions): DynamicModule {
    const directory = new DataDirectory(configuration.dataDirectory);
    const projections = ALL_PROJECTIONS.map(({ projection }) => projection);
    return {
      module: ProgramModule,
      imports: [
        ServersPlatform.forRoot({
          ...{ servers, directory, projections, program },
          ...{ events: ALL_EVENTS, level: configuration.logLevel, traces: configuration.traces },
        }),
        AccessModule,
        { ...IdentityHttpModule.forRoot({ name: `driftledger-${program}`, version, foreignRoutes }), global: true },
      ],
    };
  }
}
