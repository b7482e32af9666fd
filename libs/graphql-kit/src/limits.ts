import {
  type ASTNode,
  type ASTVisitor,
  BREAK,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
  Kind,
  getNamedType,
  isListType,
  isNonNullType,
  specifiedRules,
  validate,
  visit,
} from 'graphql';
import { type ComplexityEstimator, getComplexity } from 'graphql-query-complexity';
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from './connection.js';
import { EdgeError } from './errors.js';

/** What a single request may ask for. */
export type GraphqlLimits = {
  /** Levels of fields. Introspection is not counted: graphql-js limits it by itself. */
  readonly depthMax: number;
  /** Fields the answer may hold at most, lists counted with their page size, and every read of the store as `READ` of them. */
  readonly costMax: number;
  /** Tokens of the document. */
  readonly tokensMax: number;
  /** Bytes of the request body. */
  readonly bodyBytesMax: number;
};

/** The limits unless the process is configured otherwise: the default page of every list may be asked for with all its fields. */
export const LIMITS: GraphqlLimits = { depthMax: 10, costMax: 40_000, tokensMax: 2_000, bodyBytesMax: 256 * 1024 };

/** Length assumed for a list that is not paged. */
const PLAIN_LIST = 10;

/** What a field costs that takes a query of its own: it may give little and read much, so a hundred under aliases are not cheap. */
const READ = 250;

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** Each fragment is measured once: spread twice in each other, thirty of them would otherwise be walked a billion times. */
const depthOf = (set: SelectionSetNode, fragments: Fragments, measured: Map<string, number>): number => {
  let deepest = 0;
  for (const selection of set.selections) deepest = Math.max(deepest, depthOfSelection(selection, fragments, measured));
  return deepest;
};

const depthOfSelection = (selection: SelectionNode, fragments: Fragments, measured: Map<string, number>): number => {
  if (selection.kind === Kind.INLINE_FRAGMENT) return depthOf(selection.selectionSet, fragments, measured);
  if (selection.kind === Kind.FIELD) {
    if (selection.name.value.startsWith('__')) return 0;
    return 1 + (selection.selectionSet ? depthOf(selection.selectionSet, fragments, measured) : 0);
  }
  const name = selection.name.value;
  const known = measured.get(name);
  const fragment = fragments.get(name);
  if (known !== undefined || !fragment) return known ?? 0;
  // A fragment inside itself counts nothing here; the rule against cycles refuses the document.
  measured.set(name, 0);
  const depth = depthOf(fragment.selectionSet, fragments, measured);
  measured.set(name, depth);
  return depth;
};

/** Validation rule: refuses operations with more levels of fields than allowed. Fixed per process, so validated documents can be cached. */
export const depthRule =
  (depthMax: number): ValidationRule =>
  (context: ValidationContext): ASTVisitor => {
    const definitions = context.getDocument().definitions;
    const fragments = new Map(
      definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
      ),
    );
    return {
      OperationDefinition: (operation) => {
        const depth = depthOf(operation.selectionSet, fragments, new Map());
        if (depth > depthMax) context.reportError(new EdgeError('TOO_DEEP', `the query is ${depth} levels deep, the limit is ${depthMax}`));
      },
    };
  };

const isIntrospection = (name: string): boolean => name.startsWith('__');

/**
 * A field costs one, or a read where it is a root field or a page; a page costs its entries times what is asked of each as well,
 * counted once: not again for the list inside a connection.
 */
const estimateIn =
  (roots: readonly unknown[]): ComplexityEstimator =>
  ({ type: parent, field, args, childComplexity }) => {
    if (isIntrospection(field.name) || isIntrospection(getNamedType(field.type).name)) return 1 + childComplexity;
    if (field.args.some(({ name }) => name === 'first')) return READ + pageSizeOf(args['first']) * childComplexity;
    const type = isNonNullType(field.type) ? field.type.ofType : field.type;
    const entries = isListType(type) && !parent.name.endsWith('Connection') ? PLAIN_LIST : 1;
    return (roots.includes(parent) ? READ : 1) + entries * childComplexity;
  };

const pageSizeOf = (first: unknown): number =>
  typeof first === 'number' && first > 0 ? Math.min(first, PAGE_SIZE_MAX) : PAGE_SIZE_DEFAULT;

type Costed = { readonly schema: GraphQLSchema; readonly document: DocumentNode; readonly variables?: Record<string, unknown> };

/** @throws EdgeError TOO_COSTLY when the answer could hold, or take, more than allowed */
export const assertAffordable = ({ schema, document, variables }: Costed, costMax: number): void => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const cost = getComplexity({ schema, query: document, estimators: [estimateIn(roots)], ...(variables ? { variables } : {}) });
  if (cost > costMax)
    throw new EdgeError('TOO_COSTLY', `the answer could cost ${cost}, the limit is ${costMax}: ask for smaller pages or fewer fields`);
};

const usesVariable = (node: ASTNode): boolean => {
  let found = false;
  visit(node, {
    Variable: () => {
      found = true;
      return BREAK;
    },
  });
  return found;
};

/** The document as it could be at its dearest: Mercurius does not say what a subscription's variables are. */
const atItsDearest = (document: DocumentNode): DocumentNode =>
  visit(document, {
    VariableDefinition: () => null,
    Directive: (node) => (usesVariable(node) ? null : undefined),
    Argument: (node) => {
      if (!usesVariable(node)) return undefined;
      return node.name.value === 'first' ? { ...node, value: { kind: Kind.INT, value: String(PAGE_SIZE_MAX) } } : null;
    },
  });

/**
 * Checks a subscription's document: Mercurius validates queries and mutations only.
 *
 * @throws GraphQLError the first thing wrong with it
 */
export const assertSubscribable = (schema: GraphQLSchema, document: DocumentNode, limits: GraphqlLimits): void => {
  const [first] = validate(schema, document, [...specifiedRules, depthRule(limits.depthMax)], { maxErrors: 1 });
  if (first) throw first;
  assertAffordable({ schema, document: atItsDearest(document) }, limits.costMax);
};
