#!/usr/bin/env node
import 'reflect-metadata';
import { readConfiguration, readServers } from '#libs/configuration';
import { makeHttpServer, ownVersion, runProgram } from '#libs/platform';
import { ProjectorModule } from './projector.module.js';

await runProgram(async () => {
  const configuration = readConfiguration(process.env);
  const program = ProjectorModule.forRoot(configuration, readServers(process.env), ownVersion());
  const app = await makeHttpServer(program, { configuration, rawRoutes: [] });
  await app.listen(configuration.port, configuration.host);
  return app;
});
