import { type Refused } from './fields.js';
import { keptProblem, nameProblem } from './kept.js';
import { type IntakeLimits } from './limits.js';

/** Members of one record that no column holds: unknown ones, and known ones of a shape nobody reads. Kept as sent. */
export class Unread {
  private members: Record<string, unknown> | null = null;

  keep(name: string, value: unknown): void {
    if (value === undefined) return;
    this.members ??= Object.create(null) as Record<string, unknown>;
    this.members[name] = value;
  }

  /** What was kept; null for nothing. A refusal when a part of it cannot be stored as sent. */
  settled(limits: IntakeLimits): Readonly<Record<string, unknown>> | null | Refused {
    for (const [name, value] of Object.entries(this.members ?? {})) {
      const problem = nameProblem(name, name, limits) ?? keptProblem(value, name, limits);
      if (problem) return problem;
    }
    return this.members;
  }
}
