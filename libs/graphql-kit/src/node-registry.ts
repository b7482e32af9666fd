import { Injectable } from '@nestjs/common';
import { type Uuid } from '#libs/kernel';
import { type GraphqlContext } from './context.js';
import { parseGlobalId } from './global-id.js';
import { type RequestLoader, requestLoader } from './loaders.js';

/** How nodes of a type are read: many at once, in the order of the ids, `undefined` where there is none. */
export type NodeKind = {
  /** Action a viewer must be permitted to read this kind. */
  readonly action: string;
  /** Whether reads of this kind are recorded. */
  readonly sensitive?: boolean;
  readonly read: (ids: readonly Uuid[], context: GraphqlContext) => Promise<readonly (object | undefined)[]>;
};

type Registered = { readonly action: string; readonly sensitive: boolean; readonly loader: RequestLoader<Uuid, object> };

/** Which kinds of nodes there are. Each context registers its own when its GraphQL module starts. */
@Injectable()
export class NodeRegistry {
  private readonly kinds = new Map<string, Registered>();

  /**
   * @param type name of the GraphQL type, as in its global ids
   * @throws Error when the type was registered before
   */
  register(type: string, kind: NodeKind): void {
    if (this.kinds.has(type)) throw new Error(`nodes of type ${type} are registered twice`);
    this.kinds.set(type, {
      action: kind.action,
      sensitive: kind.sensitive ?? false,
      loader: requestLoader((ids, context) => kind.read(ids, context)),
    });
  }

  actions(): ReadonlyMap<string, string> {
    return new Map([...this.kinds].map(([type, { action }]) => [type, action]));
  }

  /** The node of a global id with its type, or undefined when there is none or `may` denies its kind. */
  async load(
    context: GraphqlContext,
    id: string,
    may: (kind: { readonly action: string; readonly sensitive: boolean }) => boolean,
  ): Promise<object | undefined> {
    const { type, id: key } = parseGlobalId(id);
    const kind = this.kinds.get(type);
    if (!kind || !may(kind)) return undefined;
    const node = await kind.loader.load(context, key);
    return node && { ...node, __typename: type };
  }
}
