import { type DeploymentEvent } from '#libs/deployments';
import { type Described, becomes, counted, someOf } from './described.js';

const names = (features: readonly { readonly name: string }[]): string => someOf(features.map(({ name }) => name));

type Extended = Extract<DeploymentEvent, { type: 'FeatureSchemaExtended' }>;

const extended = ({ data: { features, widened } }: Extended): Pick<Described, 'summary' | 'changes'> => {
  const inferred = features.length > 0 ? [`${counted(features.length, 'feature')} inferred: ${names(features)}`] : [];
  const wider = widened.length > 0 ? [`widened to number: ${someOf(widened)}`] : [];
  const changes = [
    ...features.map((feature) => becomes(`features.${feature.name}.kind`, feature.kind)),
    ...widened.map((name) => ({ path: `features.${name}.kind`, before: 'integer', after: 'number' })),
  ];
  return { summary: [...inferred, ...wider].join('; ') || 'Feature schema confirmed', changes };
};

/** What the trail says about the facts of deployments and their feature schemas. */
export const describeDeployment = (event: DeploymentEvent): Described => {
  const about = { class: 'deployment', deploymentId: event.data.deploymentId } as const;
  switch (event.type) {
    case 'DeploymentRegistered': {
      const { name, model, environment, strict, onFirstPost } = event.data;
      const how = onFirstPost ? ' on its first post' : '';
      const serves = model === undefined ? '' : `, serving ${model}`;
      const changes = [
        becomes('name', name),
        becomes('model', model ?? null),
        becomes('environment', environment ?? null),
        becomes('strict', strict),
      ];
      return { ...about, ...(model === undefined ? {} : { model }), summary: `Deployment ${name} registered${how}${serves}`, changes };
    }
    case 'FeaturesDeclared':
      return {
        ...about,
        summary: `${counted(event.data.features.length, 'feature')} declared: ${names(event.data.features)}`,
        changes: event.data.features.map((feature) => becomes(`features.${feature.name}`, feature)),
      };
    case 'FeatureSchemaExtended':
      return { ...about, ...extended(event) };
    case 'FeatureSchemaSettled':
      return { ...about, summary: `Feature schema settled after ${counted(event.data.records, 'record')}` };
    case 'FeatureTypeChanged': {
      const { feature, from, to, length } = event.data;
      const elements = length === undefined ? [] : [becomes(`features.${feature}.length`, length)];
      const changes = [{ path: `features.${feature}.kind`, before: from, after: to }, ...elements];
      const summary = `Feature ${feature} changed from ${from} to ${to}${length === undefined ? '' : ` of ${length}`}`;
      return { ...about, subject: `feature:${feature}`, summary, changes };
    }
    case 'FeatureGridSet': {
      const { subject, grid, basis } = event.data;
      return { ...about, subject, summary: `Bucket grid of ${subject} set (${basis})`, changes: [becomes(`grids.${subject}`, grid)] };
    }
    case 'CategoriesObserved': {
      const { subject, words, full } = event.data;
      return {
        ...about,
        subject,
        summary: `${counted(words.length, 'new word')} in ${subject}${full ? '; the limit of words is reached' : ''}`,
      };
    }
  }
};
