import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FileIntentStore, InMemoryIntentStore } from './intent-store.js';
import { intentStoreContract } from './intent-store.contract.js';

intentStoreContract('memory', async () => ({ store: new InMemoryIntentStore(), close: async () => undefined }));

intentStoreContract('a directory', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'driftledger-intents-'));
  const reopen = () => new FileIntentStore(directory);
  return { store: reopen(), reopen, close: async () => rmSync(directory, { recursive: true }) };
});
