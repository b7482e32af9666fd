// Opens directories of keys, each at the same moment as another thread. Threads share the id of their process, as two containers with one
// volume may.
import { parentPort, workerData } from 'node:worker_threads';
import { openKeyDirectory } from '#libs/keys/directory';

const arrived = new Int32Array(workerData);
parentPort.on('message', (directory) => {
  Atomics.add(arrived, 0, 1);
  while (Atomics.load(arrived, 0) % 2 !== 0);
  try {
    parentPort.postMessage(openKeyDirectory(directory).digestKey);
  } catch (error) {
    parentPort.postMessage(`refused: ${error.message}`);
  }
});
