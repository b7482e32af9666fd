import { type Metadata } from '@grpc/grpc-js';
import { type Faults } from './faults.js';
import { type Front } from './front.js';
import { type FacadeStats, type Member } from './protocol.js';
import { accessDenied, notLeader, unauthenticated } from './refusals.js';
import { type Store } from './store.js';

/** A subscription as the control channel reaches it. */
export type OpenSubscription = { repeatCaughtUp(): void; end(): void };

/** What a node of the facade is: one log, its faults, what is open and what was counted. */
export type FacadeNode = {
  readonly version: string;
  readonly secure: boolean;
  readonly store: Store;
  readonly faults: Faults;
  readonly front: Front;
  readonly nowMs: () => number;
  readonly subscriptions: Set<OpenSubscription>;
  /** Answers that wait for `release-held`. */
  readonly held: (() => void)[];
  members: readonly Member[];
  readonly counted: {
    openReads: number;
    openBatchStreams: number;
    subscriptionsStarted: number;
    messagesWritten: number;
    plainAppends: number;
    batchAppends: number;
    readonly calls: Map<string, number>;
  };
};

export const countCall = (node: FacadeNode, method: string): void => {
  const { calls } = node.counted;
  calls.set(method, (calls.get(method) ?? 0) + 1);
};

export const statsOf = (node: FacadeNode): FacadeStats => ({
  connections: node.front.connections,
  openReads: node.counted.openReads,
  openSubscriptions: node.subscriptions.size,
  subscriptionsStarted: node.counted.subscriptionsStarted,
  messagesWritten: node.counted.messagesWritten,
  bytesToClients: node.front.bytesToClients,
  appends: { plain: node.counted.plainAppends, batch: node.counted.batchAppends },
  openBatchStreams: node.counted.openBatchStreams,
  calls: Object.fromEntries(node.counted.calls),
});

/** Whether the node says it is of this version or a later one. */
export const isAtLeast = (node: FacadeNode, major: number, minor: number, patch = 0): boolean => {
  const [ownMajor = 0, ownMinor = 0, ownPatch = 0] = node.version.split('.').map(Number);
  return (ownMajor - major || ownMinor - minor || ownPatch - patch) >= 0;
};

const PASSWORD = 'changeit';
const USERS: ReadonlyMap<string, 'admin' | 'user'> = new Map([
  ['admin', 'admin'],
  ['ops', 'user'],
]);

const roleOf = (node: FacadeNode, metadata: Metadata): 'admin' | 'user' | 'nobody' => {
  if (!node.secure) return 'admin';
  const header = metadata.get('authorization').at(0)?.toString();
  if (header === undefined) return 'nobody';
  const [name = '', password] = Buffer.from(header.replace(/^Basic /, ''), 'base64')
    .toString('utf8')
    .split(':');
  const role = USERS.get(name);
  if (role === undefined || password !== PASSWORD) throw unauthenticated();
  return role;
};

/** @throws Refused unless the caller may use the stream: `$all` and what begins with `$` is for administrators */
export const checkAccess = (node: FacadeNode, metadata: Metadata, stream: string): void => {
  const role = roleOf(node, metadata);
  const isSystem = stream.startsWith('$') && !stream.startsWith('$$');
  if (role === 'nobody' || (isSystem && role !== 'admin')) throw accessDenied();
  if (stream === '$all' && node.faults.take('deny-all')) throw accessDenied();
};

/** @throws Refused when another node leads and this call is for the leader */
export const checkLeader = (node: FacadeNode, metadata: Metadata, writes: boolean): void => {
  if (!writes && metadata.get('requires-leader').at(0) !== 'true') return;
  const other = node.faults.take('not-leader');
  if (other) throw notLeader(other.host, other.port);
};
