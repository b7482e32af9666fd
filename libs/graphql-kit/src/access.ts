import { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { type CommandMeta, type Instant, type Uuid } from '#libs/kernel';

/** What admission looks at: a request as Fastify gives it, for HTTP and for the upgrade to a WebSocket alike. */
export type EdgeRequest = {
  readonly id: string;
  readonly ip: string;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: IncomingMessage;
};

/** What of a command's metadata its resolver knows; `field` (`Mutation.silenceAlert`) is filled in by the edge. */
export type CommandAbout = { readonly reason?: string; readonly claimedAt?: Instant; readonly field?: string };

/** Who asks. A viewer makes the metadata of the commands sent in its name: one call per command. */
export type Viewer = {
  readonly principalId: Uuid;
  readonly commandMeta: (about?: CommandAbout) => CommandMeta;
};

/** The answer to "who is this": a viewer, or why there is none. `detail` is shown to the caller and names no secret. */
export type Admission =
  | { readonly kind: 'admitted'; readonly viewer: Viewer }
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly detail: string };

/**
 * Who may ask what, as the GraphQL edge needs to know it. A port: the process binds it to its directory of principals, specs to a
 * fixed one. Everything is denied that these methods do not allow.
 */
export abstract class GraphqlAccess {
  /** Admits one HTTP request. */
  abstract admit(request: EdgeRequest): Promise<Admission>;
  /** Admits a WebSocket: by the headers of the upgrade or by the payload of `connection_init`. */
  abstract admitConnection(request: EdgeRequest, params: Readonly<Record<string, unknown>>): Promise<Admission>;
  /** False once the key or session behind the viewer no longer holds: its open subscriptions are then closed. */
  abstract isCurrent(viewer: Viewer): boolean;
  /** Whether the action is in the closed table of permissions; an unknown one fails the start of the process. */
  abstract knows(action: string): boolean;
  abstract permits(viewer: Viewer, action: string): boolean;
  /** Records that a viewer asked for a field it may not have. */
  abstract recordDenied(viewer: Viewer, action: string, field: string): Promise<void>;
  /** Notes that a viewer reads what not everybody may see. The answer does not wait for the record. */
  abstract recordRead(viewer: Viewer, field: string, args: object): void;
}
