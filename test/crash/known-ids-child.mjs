// Remembers the ids of an endless log until it is killed. Runs from the compiled files: node test/crash/known-ids-child.mjs <directory>
import { Snapshots } from '#libs/predictions';
import { LaneMemory } from '../../dist/libs/predictions/src/lane-memory.js';
import { EndlessPredictions, SMALL, STREAM, codec } from './endless-predictions.mjs';

const snapshots = new Snapshots(process.argv[2], SMALL);
const memory = new LaneMemory({ stream: STREAM, store: new EndlessPredictions(), codec, snapshots, snapshotEvery: 1_000 });
process.stdout.write('begins\n');
await memory.open();
