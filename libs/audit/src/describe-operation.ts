import { type OperationEvent } from '#libs/identity';
import { unreachable } from '#libs/kernel';
import { type Described, counted, someOf } from './described.js';

type Rebuilt = Extract<OperationEvent, { type: 'ProjectionRebuilt' }>['data'];

const compared = ({ tables }: Rebuilt): string => {
  const different = tables.filter(({ equal }) => !equal).map(({ table }) => table);
  return different.length === 0 ? 'equal to the live tables' : `not what was live in ${someOf(different)}`;
};

/** What the trail says about what was done to the installation itself. */
export const describeOperation = (event: OperationEvent): Described => {
  switch (event.type) {
    case 'ProjectionRebuildBegun': {
      const { projection, version, adopt } = event.data;
      const purpose = adopt ? 'to take the place of the live tables' : 'to be compared with the live tables';
      return { class: 'access', summary: `Rebuild of projection ${projection}.v${version} begun, ${purpose}`, changes: [] };
    }
    case 'ProjectionRebuilt': {
      const { projection, version, events, adopted, tables } = event.data;
      const outcome = adopted ? 'the rebuilt tables are live' : 'the live tables were kept';
      return {
        class: 'access',
        summary: `Projection ${projection}.v${version} rebuilt from ${counted(events, 'event')}: ${compared(event.data)}; ${outcome}`,
        changes: adopted
          ? tables.map(({ table, rowsLive, rowsRebuilt }) => ({ path: `tables.${table}.rows`, before: rowsLive, after: rowsRebuilt }))
          : [],
      };
    }
    case 'ReadModelMigrated': {
      const { applied } = event.data;
      return {
        class: 'access',
        summary: `${counted(applied.length, 'migration')} of the read model applied: ${someOf(applied)}`,
        changes: applied.map((name) => ({ path: `migrations.${name}`, before: null, after: 'applied' })),
      };
    }
    default:
      return unreachable(event);
  }
};
