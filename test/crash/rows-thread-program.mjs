import { parentPort } from 'node:worker_threads';

// One row an event, in one table; dies or refuses where an event says so.
parentPort.on('message', ({ events, marks, columns }) => {
  if (events.some(({ type }) => type === 'Dies')) process.exit(7);
  if (events.some(({ type }) => type === 'Poison')) return parentPort.postMessage({ error: new TypeError('it cannot be read') });
  const later = events.filter(({ position }) => position.commit > (marks.get('rung') ?? 0n));
  const structure = columns
    .get('rung')
    .map(({ name, type }) => `${name} ${type}`)
    .join(', ');
  const types = columns.get('rung').map(({ type }) => type);
  const rows = { count: later.length, structure, types, body: Buffer.from(later.map(({ position }) => Number(position.commit))) };
  parentPort.postMessage({ blocks: [{ table: 'rung', rows, reaches: later.at(-1).position.commit }] });
});
