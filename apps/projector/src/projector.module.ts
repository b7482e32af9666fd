import { Inject, Module, type BeforeApplicationShutdown, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { type Configuration, type Servers } from '#libs/configuration';
import { OperationsHttpModule, ReadinessChecks } from '#libs/operations/http';
import { ProgramModule } from '#libs/platform';
import { Projections } from './projections.js';

/** Projections into ClickHouse, each run by one projector at a time; migrations, and rebuilds where the projection runs. */
@Module({})
export class ProjectorModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(@Inject(Projections) private readonly projections: Projections) {}

  static forRoot(configuration: Configuration, servers: Servers, version: string): DynamicModule {
    return {
      module: ProjectorModule,
      imports: [
        ProgramModule.forRoot({ program: 'projector', version, configuration, servers }),
        OperationsHttpModule.forRoot({ version, unknownVariables: configuration.unknown }),
      ],
      providers: [Projections, ReadinessChecks],
    };
  }

  onApplicationBootstrap(): void {
    this.projections.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.projections.stop();
  }
}
