import { type FeatureState, type Registered } from '#libs/deployments';
import { isMembers } from './fields.js';

/** Which names of a deployment are personal data, and whether they hide in values that no column reads. */
export class PersonalNames {
  private readonly personal: ReadonlyMap<string, FeatureState>;
  private readonly dotted: readonly string[];

  constructor({ features }: Pick<Registered, 'features'>) {
    this.personal = new Map([...features].filter(([, feature]) => feature.personal));
    this.dotted = [...this.personal.keys()].map((name) => `.${name}.`);
  }

  /** How a feature is treated when it, or an object it was nested in, is declared personal. */
  treatmentOf(name: string): FeatureState | undefined {
    if (this.personal.size === 0) return undefined;
    for (let end = name.length; end > 0; end = name.lastIndexOf('.', end - 1)) {
      const known = this.personal.get(name.slice(0, end));
      if (known) return known;
    }
    return undefined;
  }

  /**
   * True for a value in a place nobody reads that bears a personal name, or has something in it that does: `email` at the top of a
   * record, in `output.email`, or in an object under another name. It is not kept, rather than kept in clear.
   */
  areAt(path: string, value: unknown): boolean {
    if (this.dotted.length === 0) return false;
    const places = `.${path}.`;
    return this.dotted.some((name) => places.includes(name)) || this.hideIn(path, value);
  }

  /** The same for what is in a value alone. */
  hideIn(path: string, value: unknown): boolean {
    if (this.dotted.length === 0 || typeof value !== 'object' || value === null) return false;
    if (Array.isArray(value)) return value.some((element) => this.hideIn(path, element));
    return isMembers(value) && Object.keys(value).some((name) => this.areAt(`${path}.${name}`, value[name]));
  }
}
