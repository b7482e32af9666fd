import { parentPort } from 'node:worker_threads';
import { EventCodec } from '#libs/event-store';
import { serveRows } from '#libs/platform';
import { PREDICTION_EVENTS, predictionsProjection } from '#libs/predictions';

// A thread, not a program: what it says goes to the process that started it.
if (!parentPort) throw new Error('the rows of predictions are made in a thread of a server');
serveRows(parentPort, predictionsProjection, new EventCodec(PREDICTION_EVENTS));
