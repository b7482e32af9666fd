import { Module } from '@nestjs/common';
import { AccessGuard } from './http/access-guard.js';
import { IdentityWriteModule } from './write.module.js';

/** The guard, once per process: the HTTP edge and the GraphQL edge ask the same one. */
@Module({ imports: [IdentityWriteModule], providers: [AccessGuard], exports: [AccessGuard, IdentityWriteModule] })
export class IdentityEdgeModule {}
