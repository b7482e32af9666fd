import { z } from 'zod';

/** What a file is counted for: the monitor's calendar and the deployment behind it. */
export const MONITOR = `query ($id: ID!) {
  node(id: $id) { ... on Monitor { name deployment definition { timeZone windowMinutes rowsMin } } }
}`;
export const MonitorAnswer = z.object({
  node: z
    .object({
      name: z.string(),
      deployment: z.string(),
      definition: z.object({ timeZone: z.string(), windowMinutes: z.number(), rowsMin: z.number() }),
    })
    .nullable(),
});
export type Monitor = NonNullable<z.output<typeof MonitorAnswer>['node']>;

/** How predictions of the deployment are counted. */
export const DEPLOYMENT = `query ($name: String!) {
  deployment(name: $name) { features { name kind personal grid { centre unit } } }
}`;
const Feature = z.object({
  name: z.string(),
  kind: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['integer', 'number', 'category', 'boolean', 'vector'])),
  personal: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['drop', 'hash', 'encrypt']))
    .nullable(),
  grid: z.object({ centre: z.number(), unit: z.number() }).nullable(),
});
export const DeploymentAnswer = z.object({ deployment: z.object({ features: z.array(Feature) }).nullable() });
export type Feature = z.output<typeof Feature>;

/** A reference that was taken over. */
export const Taken = z.object({ referenceId: z.string(), digest: z.string() });
