import { z } from 'zod';

const seconds = z.number();
const Progress = z.object({
  kind: z.literal('progress'),
  seconds,
  stage: z.enum(['building', 'comparing', 'adopting']),
  events: z.int(),
  position: z.string(),
  head: z.string(),
});
const Table = z.object({
  table: z.string(),
  equal: z.boolean(),
  rows: z.object({ live: z.int(), rebuilt: z.int() }),
  differences: z.array(z.object({ row: z.string(), surplus: z.int() })),
});
const Done = z.object({
  kind: z.literal('done'),
  seconds,
  projection: z.string(),
  events: z.int(),
  equal: z.boolean(),
  adopted: z.boolean(),
  tables: z.array(Table),
});
const Failed = z.object({ kind: z.literal('failed'), seconds, code: z.string(), detail: z.string() });

/** A line of a server's answer; unknown fields of a newer server are ignored. */
export const Line = z.discriminatedUnion('kind', [Progress, Done, Failed]);
