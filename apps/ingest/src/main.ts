#!/usr/bin/env node
import 'reflect-metadata';
import { hostname } from 'node:os';
import { type Configuration, ConfigurationError, readConfiguration, readServers } from '#libs/configuration';
import { makeHttpServer, ownVersion, runProgram } from '#libs/platform';
import { INTAKE_ROUTES } from '#libs/predictions/http';
import { forwardToWriters } from './forward-to-writers.js';
import { IngestModule } from './ingest.module.js';
import { Writers } from './writers.js';

/** At which other copies reach this one, unless it was said: by its address, or by the name of the machine where it listens on all. */
const urlOf = ({ host, port, tls }: Configuration): string => {
  if (port === 0) throw new ConfigurationError(['DRIFTLEDGER_PORT: an ingest is reached by other copies, so it takes a port, not 0']);
  const name = host === '0.0.0.0' || host === '::' ? hostname() : host;
  return `${tls ? 'https' : 'http'}://${name.includes(':') ? `[${name}]` : name}:${port}`;
};

await runProgram(async () => {
  const configuration = readConfiguration(process.env);
  const servers = readServers(process.env);
  const url = servers.advertisedUrl ?? urlOf(configuration);
  const program = IngestModule.forRoot(configuration, servers, { version: ownVersion(), url });
  const app = await makeHttpServer(program, { configuration, rawRoutes: INTAKE_ROUTES });
  forwardToWriters(app, app.get(Writers), { limits: configuration.limits });
  await app.listen(configuration.port, configuration.host);
  return app;
});
