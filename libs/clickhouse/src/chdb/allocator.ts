import process from 'node:process';

/**
 * How long, in milliseconds, the engine's allocator keeps pages that were freed before it gives them back to the system. It keeps them for
 * 5 seconds unless told otherwise, which beside an intake of 15,000 predictions a second is up to 300 MiB that nobody uses; half a second
 * takes no more processor time.
 */
const FREED_PAGES_MS = 500;

// Read once, when the engine's library is loaded: this module is imported before it. Whoever sets the variable knows better.
process.env['JE_MALLOC_CONF'] ??= `dirty_decay_ms:${FREED_PAGES_MS}`;
