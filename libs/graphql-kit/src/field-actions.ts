import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { requiredAction } from './requires.js';

/** Keys under which @nestjs/graphql keeps what its decorators declare; `field-actions.spec.ts` notices when they move. */
const TYPE = 'graphql:resolver_type';
const NAME = 'graphql:resolver_name';

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
    const actions = new Map<string, string>();
    for (const { instance } of this.discovery.getProviders())
      if (isObject(instance)) for (const [field, action] of this.actionsOf(instance)) actions.set(field, action);
    return actions;
  }

  private actionsOf(instance: object): readonly (readonly [string, string])[] {
    const prototype: unknown = Object.getPrototypeOf(instance);
    if (!isObject(prototype)) return [];
    return this.scanner.getAllMethodNames(prototype).flatMap((property) => {
      const method: unknown = Reflect.get(prototype, property);
      if (typeof method !== 'function') return [];
      const type = textAt(TYPE, method) ?? textAt(TYPE, instance.constructor);
      const action = requiredAction(method);
      if (type === undefined || action === undefined) return [];
      return [[`${type}.${textAt(NAME, method) ?? property}`, action] as const];
    });
  }
}
