import { type DynamicModule } from '@nestjs/common';
import { type Traces } from '#libs/configuration';
import { type LogLevel, ObservabilityModule, type Tracing } from '#libs/observability';
import { ownVersion } from './own-version.js';

/** The factory of a port whose calls are spans; where none are wanted, of the port itself. */
export const traced =
  <P>(Decorator: new (port: P, tracing: Tracing) => P) =>
  (port: P, tracing: Tracing): P =>
    tracing.isOn ? new Decorator(port, tracing) : port;

/** What a process says about itself. `service` is what its spans are from, unless the operator named it. */
export const observability = (about: {
  readonly level: LogLevel;
  readonly directory: string;
  readonly traces: Traces | undefined;
  readonly service: string;
}): DynamicModule => {
  const { level, directory, traces, service } = about;
  const tracing = traces && { ...traces, service: traces.service ?? service, version: ownVersion() };
  return ObservabilityModule.forRoot({ level, directory, tracing });
};
