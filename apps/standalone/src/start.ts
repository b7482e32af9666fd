import { type Configuration } from '#libs/configuration';
import { CommandRunner } from '#libs/event-store';
import { Directory, ensureAdminKey, SignInLinks } from '#libs/identity';
import { Clock } from '#libs/kernel';
import { DataDirectory, makeHttpServer } from '#libs/platform';
import { INTAKE_ROUTES } from '#libs/predictions/http';
import { StandaloneModule } from './standalone.module.js';

export type Standalone = {
  readonly url: string;
  /** Path and token that sign the first admin in, once. */
  readonly signInLink: string;
  readonly keyFile: string;
  stop(): Promise<void>;
};

/** Starts everything and answers once it is ready to be asked. */
export async function startStandalone(configuration: Configuration, version: string): Promise<Standalone> {
  const program = StandaloneModule.forRoot(configuration, version);
  const app = await makeHttpServer(program, { configuration, rawRoutes: INTAKE_ROUTES });
  app.enableShutdownHooks();
  await app.init();
  const admin = await ensureAdminKey({
    file: app.get(DataDirectory).adminKey,
    directory: app.get(Directory),
    runner: app.get(CommandRunner),
    clock: app.get(Clock),
  });
  await app.listen(configuration.port, configuration.host);
  const url = await app.getUrl();
  return { url, signInLink: `${url}${app.get(SignInLinks).issue(admin.principalId)}`, keyFile: admin.file, stop: () => app.close() };
}
