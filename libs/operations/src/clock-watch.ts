import { type Clock } from '#libs/kernel';

/** Remembers how the clock and the time that only goes forward stood, to tell later whether somebody moved the clock. */
export class ClockWatch {
  private readonly wall: number;
  private readonly steady: number;

  constructor(
    private readonly clock: Clock,
    private readonly steadyNow: () => number = () => performance.now(),
  ) {
    this.wall = clock.now();
    this.steady = steadyNow();
  }

  /** Milliseconds by which the clock was moved since then; negative: back. */
  moved(): number {
    return Math.round(this.clock.now() - this.wall - (this.steadyNow() - this.steady));
  }
}
