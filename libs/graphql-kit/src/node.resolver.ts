import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import { GraphqlAccess } from './access.js';
import { type GraphqlContext, viewerOf } from './context.js';
import { type QueryNodeArguments } from './kit-arguments.js';
import { NodeRegistry } from './node-registry.js';
import { Requires } from './requires.js';

/** `node(id)`: anything with an identity. */
@Resolver()
export class NodeResolver {
  constructor(
    private readonly nodes: NodeRegistry,
    private readonly access: GraphqlAccess,
  ) {}

  @Query('node')
  @Requires('read')
  async node(@Args() { id }: QueryNodeArguments, @Context() context: GraphqlContext): Promise<object | null> {
    const viewer = viewerOf(context);
    const node = await this.nodes.load(context, id, ({ action, sensitive }) => {
      const may = this.access.permits(viewer, action);
      if (may && sensitive) this.access.recordRead(viewer, 'Query.node', { id });
      return may;
    });
    return node ?? null;
  }
}
