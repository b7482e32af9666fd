import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** Nothing but the pages under test: no sandbox (tests may run as root), no accelerated graphics, no requests of its own. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const HOW_TO_INSTALL = 'Chromium is missing (apt-get install chromium)';

/** Where the browser of the system is, or undefined. */
export const chromiumOnThisMachine = (): string | undefined => PLACES.find((file) => existsSync(file));

/** @throws when there is none, or it does not start */
export const startBrowser = (): Promise<Browser> => {
  const executablePath = chromiumOnThisMachine();
  if (executablePath === undefined) throw new Error(HOW_TO_INSTALL);
  return chromium.launch({ executablePath, args: ARGUMENTS });
};
