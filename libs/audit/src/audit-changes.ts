import { Injectable } from '@nestjs/common';
import { ChangeSignal } from '#libs/graphql-kit';

/** Fires when new entries of the trail can be read: the subscription of the trail rings it, feeds listen. */
@Injectable()
export class AuditChanges {
  readonly signal = new ChangeSignal();
}
