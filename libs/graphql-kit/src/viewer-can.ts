import { type GraphQLSchema, isObjectType } from 'graphql';
import { type GraphqlAccess } from './access.js';
import { type GraphqlContext, viewerOf } from './context.js';
import { UnguardedSchema } from './guard-fields.js';

/** Name of the directive in `kit.graphql`. */
const DIRECTIVE = 'viewerCan';

type Declared = {
  readonly astNode?:
    | {
        readonly directives?:
          | readonly {
              readonly name: { readonly value: string };
              readonly arguments?: readonly { readonly value: { readonly kind: string } }[] | undefined;
            }[]
          | undefined;
      }
    | null
    | undefined;
};

/** The mutation that a field is declared with, as in `viewerCanPause: Boolean! @viewerCan(mutation: "pauseMonitor")`. */
const mutationOf = ({ astNode }: Declared): string | undefined => {
  const value = astNode?.directives?.find(({ name }) => name.value === DIRECTIVE)?.arguments?.[0]?.value;
  return value && 'value' in value && typeof value.value === 'string' ? value.value : undefined;
};

/**
 * Answers every `viewerCan…` field by the permission of the mutation it is declared with: clients ask what a viewer may do instead of
 * knowing roles. The table of actions is that of the guard, so a button that is shown is a mutation that is not refused for its role.
 *
 * @throws UnguardedSchema when a field names a mutation that the schema does not have
 */
export const answerViewerCan = (
  schema: GraphQLSchema,
  actions: ReadonlyMap<string, string>,
  access: Pick<GraphqlAccess, 'permits'>,
): GraphQLSchema => {
  const problems: string[] = [];
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values(type.getFields())) {
      const mutation = mutationOf(field);
      if (mutation === undefined) continue;
      const action = actions.get(`Mutation.${mutation}`);
      if (action === undefined) problems.push(`${type.name}.${field.name} is about an unknown mutation ${mutation}`);
      else field.resolve = (_parent: unknown, _args: unknown, context: GraphqlContext) => access.permits(viewerOf(context), action);
    }
  }
  if (problems.length > 0) throw new UnguardedSchema(problems);
  return schema;
};
