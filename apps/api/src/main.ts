#!/usr/bin/env node
import 'reflect-metadata';
import { readConfiguration, readServers } from '#libs/configuration';
import { makeHttpServer, ownVersion, runProgram } from '#libs/platform';
import { ApiModule } from './api.module.js';
import { firstAdmin } from './first-admin.js';

await runProgram(async () => {
  const configuration = readConfiguration(process.env);
  const servers = readServers(process.env);
  const app = await makeHttpServer(ApiModule.forRoot(configuration, servers, ownVersion()), { configuration, rawRoutes: [] });
  await app.init();
  if (servers.adminKeyFile !== undefined) await firstAdmin(app, servers.adminKeyFile);
  await app.listen(configuration.port, configuration.host);
  return app;
});
