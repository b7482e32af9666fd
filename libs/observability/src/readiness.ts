/** One thing a process needs. Resolves when it works, rejects or takes too long when it does not. */
export type ReadinessCheck = () => Promise<void> | void;
export type ReadinessReport = { readonly ready: boolean; readonly checks: Readonly<Record<string, 'ok' | 'failing'>> };

/** What must work before traffic is sent here. Parts of the process add their checks; the report names them and says no more. */
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();

  constructor(private readonly timeoutMs = 2_000) {}

  /** @throws TypeError when the name is taken */
  add(name: string, check: ReadinessCheck): void {
    if (this.checks.has(name)) throw new TypeError(`a readiness check named ${name} exists`);
    this.checks.set(name, check);
  }

  async report(): Promise<ReadinessReport> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]): Promise<[string, 'ok' | 'failing']> => [name, await this.outcome(check)]),
    );
    return { ready: results.every(([, outcome]) => outcome === 'ok'), checks: Object.fromEntries(results) };
  }

  private async outcome(check: ReadinessCheck): Promise<'ok' | 'failing'> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'failing'>((resolve) => (timer = setTimeout(() => resolve('failing'), this.timeoutMs)));
    const checked = (async (): Promise<'ok' | 'failing'> => {
      try {
        await check();
        return 'ok';
      } catch {
        return 'failing';
      }
    })();
    try {
      return await Promise.race([checked, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
