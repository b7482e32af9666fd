// Entry of the child process: TypeScript is compiled as it is loaded, so that specs need no build of the front.
import { register } from 'node:module';

register('../eventstore-facade/typescript-loader.mjs', import.meta.url);
await import('./child.ts');
