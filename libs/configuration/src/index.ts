export { type Binding, bindingProblem, isLoopback } from './binding.js';
export { type ClickHouseServer, readClickHouse } from './clickhouse.js';
export { type Configuration, type Limits, readConfiguration } from './configuration.js';
export { ConfigurationError } from './configuration-error.js';
export { type Nats, readNats } from './nats.js';
export { type ServerOptions, serverOptions } from './server-options.js';
export { type Servers, readServers } from './servers.js';
export { type Traces } from './traces.js';
