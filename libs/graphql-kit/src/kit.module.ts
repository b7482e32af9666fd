import { Module } from '@nestjs/common';
import { NodeRegistry } from './node-registry.js';

/** What a context's GraphQL module needs of the kit: import it there and register nodes with `NodeRegistry`. */
@Module({ providers: [NodeRegistry], exports: [NodeRegistry] })
export class GraphqlKitModule {}
