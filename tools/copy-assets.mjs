#!/usr/bin/env node
// swc compiles TypeScript only. This copies what the code reads at run time beside the compiled files: SQL and GraphQL texts, golden
// events, pages and models. Folders that hold sources for tests only are left out.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const ASSETS = {
  libs: new Set(['.graphql', '.sql', '.json']),
  apps: new Set(['.html', '.css', '.svg', '.json', '.graphql', '.onnx']),
};
const SKIPPED = new Set(['node_modules', 'dist', 'oracles', 'events.history']);

/** Copies the assets below one folder and answers how many there were. */
function copyTree(from, to, wanted) {
  let copied = 0;
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) copied += copyTree(source, target, wanted);
    } else if (wanted.has(path.extname(entry.name))) {
      fs.mkdirSync(to, { recursive: true });
      fs.copyFileSync(source, target);
      copied += 1;
    }
  }
  return copied;
}

for (const [folder, wanted] of Object.entries(ASSETS)) {
  const from = path.join(ROOT, folder);
  if (fs.existsSync(from)) copyTree(from, path.join(ROOT, 'dist', folder), wanted);
}
