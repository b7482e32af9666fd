import { type Evaluator } from '#libs/monitoring/read';
import { type EvaluatorLoop } from './evaluator-loop.js';
import { shardOf, type ShardWork } from './evaluator-shards.js';

/** Measures the monitors of the shards this process has; nothing runs while it has none. */
export class ShareOfMonitors implements ShardWork {
  private readonly held = new Set<number>();
  private running = false;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly evaluator: Pick<Evaluator, 'measureOnly' | 'settled'>,
    private readonly loop: Pick<EvaluatorLoop, 'start' | 'stop' | 'nudge'>,
    shards: number,
  ) {
    evaluator.measureOnly((monitorId) => this.held.has(shardOf(monitorId, shards)));
  }

  readonly taken = (shard: number): void => {
    this.held.add(shard);
    void this.follow();
  };

  readonly given = async (shard: number): Promise<void> => {
    this.held.delete(shard);
    await this.follow();
    await this.evaluator.settled();
  };

  /** One after another: a loop that is being stopped is not started meanwhile. */
  private follow(): Promise<void> {
    this.turn = this.turn.then(async () => {
      const wanted = this.held.size > 0;
      if (wanted && this.running) this.loop.nudge();
      else if (wanted) this.loop.start();
      else if (this.running) await this.loop.stop();
      this.running = wanted;
    });
    return this.turn;
  }
}
