import { buildSchema, graphql } from 'graphql';
import { idOfName, type CommandMeta } from '#libs/kernel';
import { type Viewer } from './access.js';
import { UnguardedSchema } from './guard-fields.js';
import { answerViewerCan } from './viewer-can.js';

const sdl = (mutation: string): string => `
  directive @viewerCan(mutation: String!) on FIELD_DEFINITION
  type Lamp { name: String! viewerCanSwitch: Boolean! @viewerCan(mutation: "${mutation}") }
  type Query { lamp: Lamp! }
  type Mutation { switchLamp: Boolean! }`;

const viewerOf = (name: string): Viewer => ({
  principalId: idOfName('principal', name),
  commandMeta: (): CommandMeta => {
    throw new Error('asking what one may do sends no command');
  },
});
const ann = viewerOf('ann');
const access = { permits: (viewer: Viewer, action: string) => viewer === ann && action === 'lamps.write' };
const actions = new Map([['Mutation.switchLamp', 'lamps.write']]);
const answered = (mutation: string) => answerViewerCan(buildSchema(sdl(mutation)), actions, access);

describe('a field that says what a viewer can do', () => {
  it('answers what the permission of its mutation says for this viewer', async () => {
    const schema = answered('switchLamp');
    const ask = (viewer: Viewer) =>
      graphql({ schema, source: '{ lamp { viewerCanSwitch } }', rootValue: { lamp: { name: 'a' } }, contextValue: { viewer } });
    expect((await ask(ann)).data).toEqual({ lamp: { viewerCanSwitch: true } });
    expect((await ask(viewerOf('ben'))).data).toEqual({ lamp: { viewerCanSwitch: false } });
  });

  it('is refused at start when its mutation does not exist', () => {
    expect(() => answered('switchLamps')).toThrow(UnguardedSchema);
  });
});
