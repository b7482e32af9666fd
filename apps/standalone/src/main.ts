#!/usr/bin/env node
import 'reflect-metadata';
import { readConfiguration } from '#libs/configuration';
import { ownVersion, sayWhy } from '#libs/platform';
import { startStandalone } from './start.js';
import { welcome } from './welcome.js';

try {
  // People read the terminal of a standalone process; its log speaks up when something needs them.
  const configuration = readConfiguration({ DRIFTLEDGER_LOG_LEVEL: 'warn', ...process.env });
  const standalone = await startStandalone(configuration, ownVersion());
  process.stdout.write(welcome(standalone, configuration));
} catch (error) {
  sayWhy(error);
  process.exit(1);
}
