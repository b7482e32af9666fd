import { relative } from 'node:path';
import { type Configuration } from '#libs/configuration';
import { type Standalone } from './start.js';

/** What a person sees who has just started it: where it listens, how to get in, what to try. */
export function welcome({ url, signInLink, keyFile }: Standalone, { dataDirectory, unknown }: Configuration): string {
  const key = relative('.', keyFile);
  const lines = [
    '',
    `  Driftledger listens on ${url}`,
    '',
    `  Sign in once      ${signInLink}`,
    `  Admin key         ${key}   (Authorization: Bearer …)`,
    `  Data              ${relative('.', dataDirectory) || '.'}`,
    '',
    '  Try a prediction:',
    '',
    `    curl -H "Authorization: Bearer $(cat ${key})" -H 'content-type: application/json' \\`,
    `      ${url}/v1/deployments/my-model/predictions -d '{"features": {"age": 41, "plan": "pro"}, "score": 0.7}'`,
    '',
    ...unknown.map((name) => `  ${name} means nothing here: is it misspelt?`),
  ];
  return `${lines.join('\n')}\n`;
}
