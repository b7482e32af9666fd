import { ROLES } from './events.js';
import { type Action, PERMISSIONS, isPermitted, rolesFor } from './permissions.js';

const actions = Object.keys(PERMISSIONS) as Action[];

describe('permissions', () => {
  it('give nothing to a principal without roles', () => {
    for (const action of actions) expect(isPermitted([], action)).toBe(false);
  });
  it('do not let an admin approve', () => {
    expect(isPermitted(['admin'], 'approvals.write')).toBe(false);
    expect(isPermitted(['approver'], 'approvals.write')).toBe(true);
  });
  it('let a producer write and read nothing back', () => {
    const may = actions.filter((action) => action !== 'any' && isPermitted(['producer'], action));
    expect(may.sort()).toEqual(['labels.write', 'predictions.write']);
  });
  it('let an auditor change nothing', () => {
    const may = actions.filter((action) => isPermitted(['auditor'], action));
    expect(may.filter((action) => !action.endsWith('.read') && action !== 'read' && action !== 'any')).toEqual([]);
  });
  it('let nobody but an admin hand out keys', () => {
    expect(rolesFor('keys.write')).toEqual(['admin']);
  });
  it('leave no role without anything to do', () => {
    for (const role of ROLES) expect(actions.some((action) => action !== 'any' && isPermitted([role], action))).toBe(true);
  });
});
