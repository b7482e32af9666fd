import { z } from 'zod';
import { type Client } from '../client.js';

const Page = z.object({
  auditTrail: z.object({
    nodes: z.array(z.object({ type: z.string() })),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  }),
});
type Page = z.infer<typeof Page>;

const TRAIL = `query DemoTrail($filter: AuditFilter!, $after: String) {
  auditTrail(filter: $filter, first: 200, after: $after) {
    nodes { type }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** How many entries of the audit trail a filter gives. @throws ServerError */
export const countAuditEntries = async (client: Client, filter: Readonly<Record<string, unknown>>): Promise<number> => {
  let entries = 0;
  for (let after: string | null = null; ;) {
    const { auditTrail }: Page = await client.graphql(TRAIL, Page, { filter, after });
    entries += auditTrail.nodes.length;
    after = auditTrail.pageInfo.endCursor;
    if (!auditTrail.pageInfo.hasNextPage) return entries;
  }
};
