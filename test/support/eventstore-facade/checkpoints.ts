import { type LogRecord } from './log.js';
import { type Filter } from './selection.js';

/** A place in the log as clients are told it. Between two events commit is where the next one begins and prepare is 0. */
export type Place = { readonly commit: bigint; readonly prepare: bigint };

const isBehind = (place: Place, other: Place | undefined): boolean =>
  !other || place.commit > other.commit || (place.commit === other.commit && place.prepare > other.prepare);

export const placeOf = ({ position }: LogRecord): Place => ({ commit: position, prepare: position });

const FIRST_PLACE: Place = { commit: 0n, prepare: 0n };

/**
 * What a filtered subscription is told of how far the server has looked. While it catches up, the server reads pages; a checkpoint is
 * the last event it delivered or, if none was, where the *page began*, so it lags a page behind. Live, it is the event looked at.
 */
export class Checkpoints {
  /** Delivered or looked at, whether it was told or not. */
  private reached: Place | undefined;
  private told: Place | undefined;
  private pageBegan: Place | undefined;
  private pages = 0;
  private inPage = 0;
  private considered = 0;
  private live = false;

  /** @param after where the subscription begins; undefined for the beginning of the log */
  constructor(
    private readonly filter: Filter,
    private readonly after: Place | undefined,
  ) {
    this.reached = after;
  }

  /** A record was looked at, and delivered if it matched. @returns what to tell, if anything */
  consider(record: LogRecord, delivered: boolean): Place | undefined {
    if (this.live) return this.considerLive(record, delivered);
    if (this.inPage === 0) this.pageBegan = this.pages === 0 ? this.after : { commit: record.position, prepare: 0n };
    this.inPage += 1;
    if (delivered) this.reached = placeOf(record);
    return this.inPage < this.filter.window ? undefined : this.endPage();
  }

  /** The end of the log was reached. @returns what to tell of it */
  goLive(): Place | undefined {
    const looked = this.pages > 0 || this.inPage > 0;
    if (this.inPage > 0) this.endPage();
    this.live = true;
    this.considered = 0;
    // Who begins at the end is live at once, and is told nothing.
    if (!looked) return undefined;
    this.reached ??= FIRST_PLACE;
    return this.tell(this.reached);
  }

  /** The subscription is too far behind to go on live. */
  fallBehind(): void {
    this.live = false;
    this.considered = 0;
  }

  private considerLive(record: LogRecord, delivered: boolean): Place | undefined {
    if (delivered) this.reached = placeOf(record);
    this.considered += 1;
    if (this.considered < this.filter.checkpointInterval) return undefined;
    this.considered = 0;
    this.reached = placeOf(record);
    return this.tell(this.reached);
  }

  private endPage(): Place | undefined {
    if (this.pageBegan && isBehind(this.pageBegan, this.reached)) this.reached = this.pageBegan;
    this.considered += this.inPage;
    this.pages += 1;
    this.inPage = 0;
    if (this.considered < this.filter.checkpointInterval) return undefined;
    this.considered %= this.filter.checkpointInterval;
    return this.reached && this.tell(this.reached);
  }

  /** Told again, a checkpoint says nothing. */
  private tell(place: Place): Place | undefined {
    if (!isBehind(place, this.told)) return undefined;
    this.told = place;
    return place;
  }
}
