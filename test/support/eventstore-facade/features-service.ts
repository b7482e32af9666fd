import { status, type handleUnaryCall } from '@grpc/grpc-js';
import { features, gossip, type shared } from './generated.js';
import { countCall, isAtLeast, type FacadeNode } from './node.js';
import { type Member } from './protocol.js';
import { Refused, unavailable } from './refusals.js';
import { uuidOf } from './wire.js';

const STREAM_METHODS = ['append', 'delete', 'tombstone', 'read', 'batchappend'];

/** ServerFeatures: the methods by lower-case names, as clients compare them. Before 21.10 there is no such service. */
export const featuresHandler =
  (node: FacadeNode): handleUnaryCall<shared.Empty, features.SupportedMethods> =>
  (_call, callback) => {
    countCall(node, 'GetSupportedMethods');
    if (node.faults.take('features-unavailable')) return callback(unavailable());
    if (!isAtLeast(node, 21, 10)) return callback(new Refused(status.UNIMPLEMENTED, 'Service is unimplemented.'));
    const supported = new features.SupportedMethods();
    supported.setEventStoreServerVersion(node.version);
    for (const name of STREAM_METHODS) {
      const method = new features.SupportedMethod();
      method.setServiceName('event_store.client.streams.streams');
      method.setMethodName(name);
      supported.addMethods(method);
    }
    callback(null, supported);
  };

const memberInfo = ({ host, port, state, alive = true }: Member, index: number): gossip.MemberInfo => {
  const at = new gossip.EndPoint();
  at.setAddress(host);
  at.setPort(port);
  const { LEADER, FOLLOWER } = gossip.MemberInfo.VNodeState;
  const info = new gossip.MemberInfo();
  info.setInstanceId(uuidOf(`00000000-0000-4000-8000-${String(index).padStart(12, '0')}`));
  info.setTimeStamp((BigInt(Date.now()) * 10_000n).toString());
  info.setState(state === 'leader' ? LEADER : FOLLOWER);
  info.setIsAlive(alive);
  info.setHttpEndPoint(at);
  return info;
};

/** Gossip: the members as the control channel set them, else this node alone as leader. */
export const gossipHandler =
  (node: FacadeNode): handleUnaryCall<shared.Empty, gossip.ClusterInfo> =>
  (_call, callback) => {
    countCall(node, 'GossipRead');
    const alone: Member = { host: 'localhost', port: node.front.port, state: 'leader' };
    const cluster = new gossip.ClusterInfo();
    cluster.setMembersList((node.members.length > 0 ? node.members : [alone]).map(memberInfo));
    callback(null, cluster);
  };
