import { parentPort } from 'node:worker_threads';
import { EventCodec } from '#libs/event-store';
import { PREDICTION_EVENTS, predictionsProjection } from '#libs/predictions';
import { serveRows } from './serve-rows.js';

// A thread, not a program: what it says goes to the process that started it.
if (!parentPort) throw new Error('the rows of predictions are made in a thread of a server');
serveRows(parentPort, predictionsProjection, new EventCodec(PREDICTION_EVENTS));
