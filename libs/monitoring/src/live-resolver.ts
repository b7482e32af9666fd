import { Args, Query, Resolver, Subscription } from '@nestjs/graphql';
import { EdgeError, fieldOf, parseGlobalId, Requires } from '#libs/graphql-kit';
import { instant, positionOf } from '#libs/kernel';
import { type Look, LatestFeed } from './latest-feed.js';
import { type LiveSubject, type LiveWindow } from './live-window.js';
import { LIVE_EVERY_MS, LiveWindows } from './live-windows.js';
import { type QueryLiveWindowArguments, type SubscriptionLiveWindowArguments } from './monitoring-arguments.js';
import { scoreNode } from './nodes.js';
import { MonitoringReader } from './reader.js';

/** A window that is still open, in GraphQL: asked for once, or followed. */
@Resolver()
export class LiveWindowResolver {
  constructor(
    private readonly windows: LiveWindows,
    private readonly reader: MonitoringReader,
  ) {}

  @Query('liveWindow')
  @Requires('read')
  async liveWindow(@Args() { monitor }: QueryLiveWindowArguments): Promise<object | null> {
    return (await this.look(parseGlobalId(monitor, 'Monitor').id))?.value ?? null;
  }

  @Subscription('liveWindow')
  @Requires('read')
  async follow(@Args() { monitor }: SubscriptionLiveWindowArguments): Promise<object> {
    const { id } = parseGlobalId(monitor, 'Monitor');
    const [known] = await this.reader.rows([id]);
    if (!known) throw new EdgeError('BAD_USER_INPUT', 'no monitor has this id');
    return fieldOf('liveWindow', new LatestFeed(() => this.look(id), LIVE_EVERY_MS), (node) => node);
  }

  private async look(monitorId: string): Promise<Look<object>> {
    const answer = await this.windows.now(monitorId);
    return answer.kind === 'window' ? { key: answer.key, value: liveNode(answer.live) } : undefined;
  }
}

const spanNode = ({ from, until }: LiveWindow['window']): object => ({ from: instant(from), until: instant(until) });

const liveNode = ({ window, position, rows, rowsMin, reference, withoutScores, subjects }: LiveWindow): object => ({
  provisional: true,
  window: spanNode(window),
  position: positionOf(position),
  rows,
  rowsMin,
  referenceKind: reference?.choice.kind ?? null,
  referenceWindows: (reference?.used ?? []).map(spanNode),
  withoutScores: withoutScores ?? null,
  subjects: subjects.map(subjectNode),
});

const subjectNode = ({ subject, counted, measured }: LiveSubject): object => ({
  subject,
  counted,
  score: measured?.scores[0] ? scoreNode(measured.scores[0], measured) : null,
  judgement: measured?.judgement ?? null,
  direction: measured && measured.scores.length > 0 ? measured.direction : null,
});
