#!/usr/bin/env node
import 'reflect-metadata';
import { ConfigurationError, readConfiguration } from '#libs/configuration';
import { ownVersion } from './own-version.js';
import { startStandalone } from './start.js';
import { welcome } from './welcome.js';

try {
  // People read the terminal of a standalone process; its log speaks up when something needs them.
  const configuration = readConfiguration({ DRIFTLEDGER_LOG_LEVEL: 'warn', ...process.env });
  const standalone = await startStandalone(configuration, ownVersion());
  process.stdout.write(welcome(standalone, configuration));
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`driftledger did not start: ${text}\n`);
  if (!(error instanceof ConfigurationError) && process.env['DEBUG'])
    process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`);
  process.exit(1);
}
