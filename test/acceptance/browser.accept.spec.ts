import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { HOW_TO_INSTALL, chromiumOnThisMachine, startBrowser } from '../support/browser.js';
import { StandaloneProcess } from '../support/standalone-process.js';

/** On a user's machine the rest of the tests must be able to pass without a browser; where every test has to run, this one does too. */
const mayBeLeftOut = process.env['CI'] !== 'true';

const linkIn = (standalone: StandaloneProcess): string => {
  const link = standalone.output.map((line) => /http:\S+\/sign-in\?token=\S+/.exec(line)?.[0]).find((found) => found !== undefined);
  if (link === undefined) throw new Error('no sign-in link was printed');
  return link;
};

if (chromiumOnThisMachine() === undefined) {
  describe('GraphiQL in a browser', () => {
    it(`was not run: ${HOW_TO_INSTALL}`, () => {
      process.stderr.write(`\n*** The browser test was not run: ${HOW_TO_INSTALL} ***\n\n`);
      expect(mayBeLeftOut).toBe(true);
    });
  });
} else {
  describe('GraphiQL in a browser', () => {
    const data = mkdtempSync(join(tmpdir(), 'browser-'));
    const asked: string[] = [];
    let standalone: StandaloneProcess;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;

    beforeAll(async () => {
      browser = await startBrowser();
      standalone = await StandaloneProcess.start(data);
      context = await browser.newContext();
      page = await context.newPage();
      page.setDefaultTimeout(60_000);
      page.on('request', (request) => asked.push(request.url()));
      page.on('websocket', (socket) => asked.push(socket.url()));
    });
    afterAll(async () => {
      await browser.close();
      await standalone.stop();
      rmSync(data, { recursive: true, force: true });
    });

    const graphql = async (query: string): Promise<string> =>
      (await standalone.post('/graphql', JSON.stringify({ query }), { 'content-type': 'application/json' })).text();

    /** Opens the page with a query in its editor and presses the button. */
    const execute = async (query: string): Promise<void> => {
      await page.goto(`${standalone.url}/graphiql?query=${encodeURIComponent(query)}`);
      await page.getByRole('button', { name: /execute query/i }).click();
    };
    const result = (): Promise<string> => page.locator('.result-window').innerText();

    /** Causes something again and again until the page shows it: when the page listens is its own affair. The editor shows no-break spaces. */
    const shownAfter = async (cause: (time: number) => Promise<unknown>, expected: RegExp): Promise<void> => {
      for (let time = 1; time <= 60; time += 1) {
        await cause(time);
        const shown = page.locator('.result-window', { hasText: expected });
        if (
          await shown.waitFor({ timeout: 1_000 }).then(
            () => true,
            () => false,
          )
        )
          return;
      }
      throw new Error(`the page shows ${await result()}`);
    };

    it('takes nobody without a session', async () => {
      await page.goto(`${standalone.url}/graphiql`);
      await page.getByRole('button', { name: /execute query/i }).waitFor();
      const status = await page.evaluate(async () => {
        const body = JSON.stringify({ query: '{ __typename }' });
        return (await fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status;
      });
      expect(status).toBe(401);
    });

    it('is signed in to by the printed link, once, with a cookie that no script can read', async () => {
      const link = linkIn(standalone);
      const first = await page.goto(link);
      expect([first?.status(), page.url()]).toEqual([200, `${standalone.url}/graphiql`]);
      expect(await context.cookies()).toEqual([expect.objectContaining({ httpOnly: true, sameSite: 'Strict', path: '/' })]);
      expect(await page.evaluate('document.cookie')).toBe('');
      const stranger = await browser.newContext();
      const second = await (await stranger.newPage()).goto(link);
      expect([second?.status(), await second?.json()]).toMatchObject([401, { code: 'INVALID_LINK' }]);
      expect(await stranger.cookies()).toEqual([]);
      await stranger.close();
    });

    it('runs a query of the page', async () => {
      expect(await graphql('mutation { registerDeployment(input: { name: "seen-in-a-browser" }) { __typename } }')).toContain(
        'DeploymentPayload',
      );
      await execute('{ deployments { nodes { name } } }');
      await page.locator('.result-window', { hasText: 'seen-in-a-browser' }).waitFor();
    });

    it('shows an entry of the audit trail at the moment it is appended', async () => {
      await execute('subscription { auditEntryAppended { summary } }');
      await shownAfter(
        (time) => graphql(`mutation { registerDeployment(input: { name: "live-${time}" }) { __typename } }`),
        /Deployment\slive-\d+\sregistered/,
      );
    });

    it('shows a measurement at the moment it is recorded', async () => {
      const [minutes, day] = [60_000, 86_400_000];
      const rows = (of: number): string =>
        Array.from({ length: 250 }, (_, row) =>
          JSON.stringify({ at: 1_700_006_400_000 + of * day + row * 5 * minutes, features: { speed: (row * 7) % 250 }, score: row / 250 }),
        ).join('\n');
      const send = async (of: number): Promise<void> => {
        const { status } = await standalone.post('/v1/deployments/seen-in-a-browser/predictions', rows(of));
        expect(status).toBe(200);
      };
      for (let of = 0; of < 8; of += 1) await send(of);
      expect(await graphql('mutation { createMonitor(input: { deployment: "seen-in-a-browser" }) { __typename } }')).toContain(
        'MonitorPayload',
      );
      await execute(
        'subscription { measurementRecorded(filter: { deployment: "seen-in-a-browser" }) { subject revision window { from } } }',
      );
      await shownAfter((time) => send(7 + time), /"subject":\s"(feature:speed|output:score|volume)"/);
    });

    it('asks nobody but the server it came from, and the browser would not let it', async () => {
      const foreign = asked.filter((url) => !/^(blob|data):/.test(url) && !/^(https?|ws):\/\/127\.0\.0\.1:\d+\//.test(url));
      const elsewhere = asked.filter((url) => /^(https?|ws):/.test(url) && new URL(url).host !== new URL(standalone.url).host);
      expect([foreign, elsewhere]).toEqual([[], []]);
      expect(asked.some((url) => url.startsWith('ws:'))).toBe(true);
      const port = new URL(standalone.url).port;
      const outside = await page.evaluate(
        async (url) =>
          fetch(url, { mode: 'no-cors' }).then(
            () => 'sent',
            () => 'refused',
          ),
        `http://localhost:${port}/health`,
      );
      expect(outside).toBe('refused');
    });
  });
}
