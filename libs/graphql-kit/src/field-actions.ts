import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { isSensitive, requiredAction } from './requires.js';

/** Keys under which @nestjs/graphql keeps what its decorators declare; `field-actions.spec.ts` notices when they move. */
const TYPE = 'graphql:resolver_type';
const NAME = 'graphql:resolver_name';

type Declared = { readonly field: string; readonly action: string; readonly isSensitive: boolean };

const textAt = (key: string, target: object): string | undefined => {
  const value: unknown = Reflect.getMetadata(key, target);
  return typeof value === 'string' ? value : undefined;
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Collects which action each resolver method of the process declares with `@Requires`. */
@Injectable()
export class FieldActions {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** `Type.field` to action, for every declared field. */
  collect(): ReadonlyMap<string, string> {
    return new Map(this.declared().map(({ field, action }) => [field, action]));
  }

  /** `Type.field` of those whose reads are recorded. */
  sensitive(): ReadonlySet<string> {
    return new Set(this.declared().flatMap(({ field, isSensitive: isIt }) => (isIt ? [field] : [])));
  }

  private declared(): readonly Declared[] {
    return this.discovery
      .getProviders()
      .flatMap(({ instance }: { readonly instance: unknown }) => (isObject(instance) ? this.declaredBy(instance) : []));
  }

  private declaredBy(instance: object): readonly Declared[] {
    const prototype: unknown = Object.getPrototypeOf(instance);
    if (!isObject(prototype)) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((property) => {
      const method: unknown = Reflect.get(prototype, property);
      if (typeof method !== 'function') return [];
      const type = textAt(TYPE, method) ?? textAt(TYPE, instance.constructor);
      const action = requiredAction(method);
      if (type === undefined || action === undefined) return [];
      return [{ field: `${type}.${textAt(NAME, method) ?? property}`, action, isSensitive: isSensitive(method) }];
    });
  }
}
