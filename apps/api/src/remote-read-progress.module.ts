import { Inject, Injectable, Module } from '@nestjs/common';
import { ReadProgress } from '#libs/graphql-kit';
import { type Position } from '#libs/kernel';
import { RemoteProgress } from '#libs/platform';

@Injectable()
class RemoteReadProgress extends ReadProgress {
  constructor(@Inject(RemoteProgress) private readonly progress: RemoteProgress) {
    super();
  }

  override lagging(position: Position, timeoutMs: number): Promise<string | undefined> {
    return this.progress.lagging(position, timeoutMs);
  }
}

/** Lets the GraphQL edge wait for what a caller has just written, where other processes project it. */
@Module({ providers: [{ provide: ReadProgress, useClass: RemoteReadProgress }], exports: [ReadProgress] })
export class RemoteReadProgressModule {}
