import { PersonalNames } from './personal-names.js';

const names = new PersonalNames({
  features: new Map([
    ['email', { kind: 'category', declared: true, personal: 'hash' }],
    ['user.address', { kind: 'category', declared: true, personal: 'drop' }],
    ['age', { kind: 'integer', declared: true }],
  ]),
});

describe('names that are personal', () => {
  it.each([
    ['email', 'hash'],
    ['email.domain', 'hash'],
    ['user.address.street', 'drop'],
    ['user', undefined],
    ['e', undefined],
    ['emails', undefined],
    ['my.email', undefined],
    ['age', undefined],
    ['constructor', undefined],
  ])('as a feature %s is treated as %s', (name, treatment) => {
    expect(names.treatmentOf(name)?.personal).toBe(treatment);
  });

  it.each<[string, unknown]>([
    ['email', 'a@example.org'],
    ['output.email', null],
    ['customer', { email: 'a@example.org' }],
    ['inputs', { user: { address: 'Elm Street' } }],
    ['user', { address: { street: 'Elm Street' } }],
    ['rows', [1, [{ email: 'a@example.org' }]]],
  ])('are found in %s: %j', (path, value) => {
    expect(names.areAt(path, value)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['note', 'email'],
    ['emails', []],
    ['user', { name: 'x' }],
    ['address', { user: 'x' }],
    ['age', 7],
  ])('are not seen in %s: %j', (path, value) => {
    expect(names.areAt(path, value)).toBe(false);
  });

  it('are looked for nowhere where nothing is personal', () => {
    expect(new PersonalNames({ features: new Map([['age', { kind: 'integer', declared: true }]]) }).areAt('age', { age: 7 })).toBe(false);
  });
});
