const PAGE_BYTES = 4 * 1024 * 1024;
const FIRST = 32;
/** Small events may be followed by the largest ones: a page of so many of those still fits. */
const MAX = 128;
const MIN = 4;

/** How many events to read at once: many small ones or few large ones, some 4 MiB in memory either way. */
export class PageSize {
  private events = FIRST;

  next(): number {
    return this.events;
  }

  learn(page: readonly { readonly body: { readonly length: number } }[]): void {
    if (page.length === 0) return;
    const bytes = page.reduce((sum, event) => sum + event.body.length + 500, 0);
    this.events = Math.max(MIN, Math.min(MAX, Math.floor(PAGE_BYTES / (bytes / page.length))));
  }
}
