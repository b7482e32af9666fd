import { type Uuid, idOfName } from '#libs/kernel';
import { type EventCodec, type EventStore } from '#libs/event-store';
import { deploymentDecider, type DeploymentState } from './decider.js';
import { type DeploymentEvent } from './events.js';

/** The id of a deployment follows from its name: this is what makes names unique. */
export const deploymentIdOf = (name: string): Uuid => idOfName('deployment', name);

export const deploymentStream = (deploymentId: string): string => `deployment-${deploymentId}`;

/**
 * The current state of deployments for those who must act on it while writing (intake). Folded from the stream itself and topped up
 * on every look, so it never runs behind a command that was answered.
 */
export class Deployments {
  private readonly known = new Map<string, { state: DeploymentState; next: bigint }>();

  constructor(
    private readonly store: EventStore,
    private readonly codec: EventCodec,
  ) {}

  /** @throws Corrupt | UnknownEvent | Unavailable | Timeout */
  async stateOf(deploymentId: string): Promise<DeploymentState> {
    const held = this.known.get(deploymentId) ?? { state: deploymentDecider.initialState(), next: 0n };
    let { state, next } = held;
    for await (const stored of this.store.readStream(deploymentStream(deploymentId), { from: next })) {
      state = deploymentDecider.evolve(state, this.codec.decode<DeploymentEvent>(stored));
      next = stored.revision + 1n;
    }
    // Unknown deployments are not remembered: names come from outside and could be endless.
    if (state.status === 'registered') this.known.set(deploymentId, { state, next });
    return state;
  }
}
