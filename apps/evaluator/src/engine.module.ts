import { Global, Module, type DynamicModule } from '@nestjs/common';
import { MeasuringEngine, ProcessEngine } from '#libs/monitoring/read';

/** Which program computes, as every measurement records it. */
@Global()
@Module({})
export class EngineModule {
  static forRoot(version: string): DynamicModule {
    const engine = { provide: MeasuringEngine, useFactory: () => new ProcessEngine(version) };
    return { module: EngineModule, providers: [engine], exports: [MeasuringEngine] };
  }
}
