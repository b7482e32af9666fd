import { messageBusContract } from '../message-bus.contract.js';
import { InProcessMessageBus } from './in-process-message-bus.js';

messageBusContract('in process', async () => new InProcessMessageBus());
