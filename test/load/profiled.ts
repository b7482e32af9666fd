import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

// Loaded before the program that is measured (`--import`): node does not take `--cpu-prof` from the environment.
const file = process.env['BENCH_PROFILE_FILE'];
if (file !== undefined) {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 1_000 });
  session.post('Profiler.start');
  // Not on exit: an orderly stop ends by repeating the signal, which no listener sees.
  process.prependOnceListener('SIGTERM', () => {
    // Answered at once, because the session is with this very thread.
    session.post('Profiler.stop', (_error, { profile }) => writeFileSync(file, JSON.stringify(profile)));
  });
}
