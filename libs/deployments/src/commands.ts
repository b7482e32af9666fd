import { Command } from '@nestjs/cqrs';
import { type CommandMeta } from '#libs/kernel';
import { type Outcome } from '#libs/event-store';
import { type FeatureDeclaration, type FeatureKind } from './schema.js';

/** Why a deployment command is refused. */
export type DeploymentRefusal =
  | 'DEPLOYMENT_EXISTS'
  | 'NO_SUCH_DEPLOYMENT'
  | 'NO_SUCH_FEATURE'
  | 'NAME_INVALID'
  | 'FEATURE_DECLARED_TWICE'
  | 'FEATURE_TYPE_DIFFERS'
  | 'TOO_MANY_FEATURES'
  | 'VECTOR_NEEDS_LENGTH'
  | 'REASON_REQUIRED';

type Target = { readonly deploymentId: string };

/** The grid of a numeric subject, and from how many finite values it was taken. */
export type SubjectGrid = {
  readonly subject: string;
  readonly grid: { readonly centre: number; readonly unit: number };
  readonly basis: 'reference' | 'observed' | 'command';
  readonly values: number;
};

/** Words of a category. */
export type SubjectWords = { readonly subject: string; readonly words: readonly string[] };

/** Registers a deployment under a name that never changes. Repeating it with the same content is accepted and records nothing. */
export class RegisterDeployment extends Command<Outcome<DeploymentRefusal>> {
  readonly type = 'RegisterDeployment';
  constructor(
    readonly data: Target & { name: string; model?: string; environment?: string; strict: boolean; onFirstPost: boolean },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Declares features, their types, grids and how personal ones are treated. Features that are declared already keep
 * their type; they may still become personal. */
export class DeclareFeatures extends Command<Outcome<DeploymentRefusal>> {
  readonly type = 'DeclareFeatures';
  constructor(
    readonly data: Target & { features: readonly FeatureDeclaration[] },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** What intake learnt from records it is about to store; sent before the batch, so that the batch never runs ahead of its schema. */
export class ExtendFeatureSchema extends Command<Outcome<DeploymentRefusal>> {
  readonly type = 'ExtendFeatureSchema';
  constructor(
    readonly data: Target & {
      features: readonly { name: string; kind: FeatureKind; length?: number }[];
      widened: readonly string[];
    },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Ends the provisional time of an inferred schema. */
export class SettleFeatureSchema extends Command<Outcome<DeploymentRefusal>> {
  readonly type = 'SettleFeatureSchema';
  constructor(
    readonly data: Target & { records: number },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Changes the type of a feature by decision of a person; needs a reason, and for a vector its length. */
export class ChangeFeatureType extends Command<Outcome<DeploymentRefusal>> {
  readonly type = 'ChangeFeatureType';
  constructor(
    readonly data: Target & { feature: string; to: FeatureKind; length?: number },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Sets the bucket grids of numeric subjects, of each once. Takes what `inAppends` cut. */
export class SetFeatureGrids extends Command<Outcome<DeploymentRefusal>> {
  readonly type = 'SetFeatureGrids';
  constructor(
    readonly data: Target & { grids: readonly SubjectGrid[] },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

/** Gives new words of categories their buckets, in the order they are named; each category is named once. Takes what `inAppends` cut. */
export class ObserveCategories extends Command<Outcome<DeploymentRefusal>> {
  readonly type = 'ObserveCategories';
  constructor(
    readonly data: Target & { observed: readonly SubjectWords[] },
    readonly meta: CommandMeta,
  ) {
    super();
  }
}

export type DeploymentCommand =
  | RegisterDeployment
  | DeclareFeatures
  | ExtendFeatureSchema
  | SettleFeatureSchema
  | ChangeFeatureType
  | SetFeatureGrids
  | ObserveCategories;

/** All commands of the context, for the write module. */
export const DEPLOYMENT_COMMANDS = [
  RegisterDeployment,
  DeclareFeatures,
  ExtendFeatureSchema,
  SettleFeatureSchema,
  ChangeFeatureType,
  SetFeatureGrids,
  ObserveCategories,
] as const;
