import { type DynamicModule, Inject, Logger, Module, type ModuleMetadata, type OnModuleInit } from '@nestjs/common';
import { DiscoveryModule, HttpAdapterHost, MetadataScanner } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver } from '@nestjs/mercurius';
import { GraphqlAccess } from './access.js';
import { FieldActions } from './field-actions.js';
import { type GraphiqlPage, renderGraphiqlPage } from './graphiql.js';
import { GraphqlKitModule } from './kit.module.js';
import { type GraphqlLimits, LIMITS } from './limits.js';
import { NodeResolver } from './node.resolver.js';
import { ReadProgress } from './read-after.js';
import { serverOptions } from './server-options.js';
import { libTypePaths } from './type-paths.js';

/** How a process serves GraphQL. */
export type GraphqlServerOptions = {
  /** Modules that provide and export `GraphqlAccess`, and `ReadProgress` where `X-Read-After` is served. */
  readonly access: NonNullable<ModuleMetadata['imports']>;
  /** SDL files; those of all libs unless said otherwise. */
  readonly typePaths?: readonly string[];
  /** Further SDL. */
  readonly typeDefs?: string;
  readonly limits?: Partial<GraphqlLimits>;
  /** How long a WebSocket may take to say who it is, in milliseconds. */
  readonly initTimeoutMs?: number;
};

const OPTIONS = 'GraphqlServerOptions';

@Module({ imports: [DiscoveryModule], providers: [FieldActions, MetadataScanner], exports: [FieldActions] })
class FieldActionsModule {}

const report = (logger: Logger) => (error: unknown) => {
  logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
};

/**
 * GraphQL at `/graphql` (HTTP and WebSocket) and GraphiQL at `/graphiql`, on Fastify. Contexts add their resolvers by importing
 * their own GraphQL modules into the same process.
 */
@Module({})
export class GraphqlServerModule implements OnModuleInit {
  private page: Promise<GraphiqlPage> | undefined;

  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  static forRoot(options: GraphqlServerOptions): DynamicModule {
    const limits = { ...LIMITS, ...options.limits };
    return {
      module: GraphqlServerModule,
      imports: [
        ...options.access,
        GraphqlKitModule,
        GraphQLModule.forRootAsync({
          driver: MercuriusDriver,
          imports: [...options.access, FieldActionsModule],
          inject: [GraphqlAccess, FieldActions, { token: ReadProgress, optional: true }],
          useFactory: (access: GraphqlAccess, fields: FieldActions, progress?: ReadProgress) =>
            serverOptions({
              access,
              fields,
              progress,
              report: report(new Logger('Graphql')),
              limits,
              typePaths: [...(options.typePaths ?? libTypePaths())],
              ...(options.typeDefs === undefined ? {} : { typeDefs: options.typeDefs }),
              ...(options.initTimeoutMs === undefined ? {} : { initTimeoutMs: options.initTimeoutMs }),
            }),
        }),
      ],
      providers: [NodeResolver, { provide: OPTIONS, useValue: options }],
    };
  }

  /** The page holds no data, so it needs no key; what it asks for afterwards does. */
  onModuleInit(): void {
    this.host.httpAdapter.get('/graphiql', async (_request: unknown, reply: PageReply) => {
      this.page ??= renderGraphiqlPage('/graphql');
      const { body, headers } = await this.page;
      reply.headers(headers);
      return reply.send(body);
    });
  }
}

type PageReply = { headers(values: Readonly<Record<string, string>>): unknown; send(body: Buffer): unknown };
