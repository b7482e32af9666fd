import { ALERT_EVENTS, type AlertEvent } from '#libs/alerts';
import { DEPLOYMENT_EVENTS, type DeploymentEvent } from '#libs/deployments';
import { type AccessEvent, IDENTITY_EVENTS, OPERATION_EVENTS, type OperationEvent, type PrincipalEvent } from '#libs/identity';
import { type DomainEvent } from '#libs/kernel';
import { MONITORING_EVENTS, type MonitoringEvent } from '#libs/monitoring';
import { describeAlert } from './describe-alert.js';
import { describeDeployment } from './describe-deployment.js';
import { describeAccess, describePrincipal } from './describe-identity.js';
import { type BatchHead, INTAKE_TYPES, type IntakeType, describeIntake } from './describe-intake.js';
import { describeMonitoring } from './describe-monitoring.js';
import { describeOperation } from './describe-operation.js';
import { type Described } from './described.js';

type Description = { readonly types: ReadonlySet<string>; readonly describe: (event: DomainEvent) => Described | undefined };

const typesOf = (definitions: readonly { readonly type: string }[]): readonly string[] => definitions.map(({ type }) => type);

/** An event's name decides its shape: the codec read it with the definition of that name. */
const about = <E extends DomainEvent>(names: readonly string[], describe: (event: E) => Described): Description => {
  const types = new Set(names);
  const isOurs = (event: DomainEvent): event is E => types.has(event.type);
  return { types, describe: (event) => (isOurs(event) ? describe(event) : undefined) };
};

const ACCESS_TYPES = [
  'CommandRefused',
  'AccessDenied',
  'SensitiveDataRead',
  'UnauthenticatedAttempts',
  'SignedIn',
  'SignedOut',
] satisfies AccessEvent['type'][];
const PRINCIPAL_TYPES = typesOf(IDENTITY_EVENTS).filter((type) => !ACCESS_TYPES.some((access) => access === type));

/** How each event is described. A context adds its facts here; a spec fails while one is missing. */
const DESCRIPTIONS: readonly Description[] = [
  about<DomainEvent<IntakeType, BatchHead>>(INTAKE_TYPES, describeIntake),
  about<DeploymentEvent>(typesOf(DEPLOYMENT_EVENTS), describeDeployment),
  about<MonitoringEvent>(typesOf(MONITORING_EVENTS), describeMonitoring),
  about<AlertEvent>(typesOf(ALERT_EVENTS), describeAlert),
  about<PrincipalEvent>(PRINCIPAL_TYPES, describePrincipal),
  about<AccessEvent>(ACCESS_TYPES, describeAccess),
  about<OperationEvent>(typesOf(OPERATION_EVENTS), describeOperation),
];

/** Events the trail can put into words. */
export const describedTypes = (): readonly string[] => DESCRIPTIONS.flatMap(({ types }) => [...types]);

/** `ModelVersionRetired` as `Model version retired`. */
const inWords = (type: string): string => {
  const words = type.replace(/(?<=[a-z0-9])(?=[A-Z])/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/**
 * What the trail says about an event. One that this release does not know still gets an entry, named after its type: a trail has no
 * gaps.
 */
export const describe = (event: DomainEvent): Described => {
  for (const description of DESCRIPTIONS) {
    const described = description.describe(event);
    if (described) return described;
  }
  return { class: 'other', summary: inWords(event.type) };
};
