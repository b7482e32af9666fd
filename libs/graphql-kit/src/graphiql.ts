import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** The page as it is sent: compressed once, with the headers that keep it to its own origin. */
export type GraphiqlPage = { readonly body: Buffer; readonly headers: Readonly<Record<string, string>> };

/** The browser itself refuses whatever is not from our origin: no CDN, no telemetry, no frame around the page. */
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' blob:",
  "style-src 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What the editor shows first: a query every viewer may send. */
const FIRST_QUERY = `# Your session is a cookie: nothing to set up.
# Ctrl-Space completes, the book icon shows the documentation.
{
  __schema { queryType { fields { name description } } }
}
`;

/** Renders the page: nine megabytes of script in one file, so it is made and compressed once, when first asked for. */
export const renderGraphiqlPage = async (endpoint: string): Promise<GraphiqlPage> => {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    endpoint,
    subscriptionsProtocol: 'WS',
    title: 'Driftledger',
    defaultQuery: FIRST_QUERY,
    credentials: 'same-origin',
    shouldPersistHeaders: false,
  });
  const body = await promisify(gzip)(html, { level: 6 });
  return {
    body,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-encoding': 'gzip',
      'content-security-policy': POLICY,
      'cache-control': 'no-cache',
      etag: `"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
  };
};
