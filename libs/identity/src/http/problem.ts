import { STATUS_CODES } from 'node:http';
import { type z } from 'zod';
import { type Refusal } from '#libs/kernel';

/** `code` is in capitals and stable; `detail` is for people. `limit` is the limit that was exceeded, in the unit `detail` names. */
export type ProblemAbout = {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly field?: string;
  readonly limit?: number;
  readonly headers?: Readonly<Record<string, string>>;
};

/** An answer other than success, as RFC 9457 writes it. Thrown by controllers; everything in it is shown to the caller. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly field: string | undefined;
  readonly limit: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(about: ProblemAbout, options?: ErrorOptions) {
    super(`${about.code}: ${about.detail}`, options);
    this.status = about.status;
    this.code = about.code;
    this.detail = about.detail;
    this.field = about.field;
    this.limit = about.limit;
    this.headers = about.headers ?? {};
  }
}

export const PROBLEM_TYPE = 'application/problem+json';

/** The body of a problem. */
export type ProblemBody = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly field?: string;
  readonly limit?: number;
  readonly requestId: string;
};

export const problemBody = (problem: Problem, requestId: string): ProblemBody => ({
  type: `urn:driftledger:${problem.code}`,
  title: STATUS_CODES[problem.status] ?? 'Error',
  status: problem.status,
  detail: problem.detail,
  code: problem.code,
  ...(problem.field === undefined ? {} : { field: problem.field }),
  ...(problem.limit === undefined ? {} : { limit: problem.limit }),
  requestId,
});

/** A refusal of the domain as a problem. What exists or is missing has its own status; anything else is a conflict with what is so. */
export const problemOfRefusal = ({ code, detail, field, limit }: Refusal, status = 409): Problem =>
  new Problem({ status, code, detail, ...(field === undefined ? {} : { field }), ...(limit === undefined ? {} : { limit }) });

/** A body, query or parameter in the shape a schema says. @throws Problem 400 that names the first field that is wrong */
export const parsed = <T>(schema: z.ZodType<T>, value: unknown): T => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.map(String).join('.');
  throw new Problem({
    status: 400,
    code: 'MALFORMED',
    detail: issue?.message ?? 'the request cannot be read',
    ...(field === undefined || field === '' ? {} : { field }),
  });
};
