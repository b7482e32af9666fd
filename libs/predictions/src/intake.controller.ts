import { Body, Controller, Headers, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import {
  commandMetaOf,
  edgeOf,
  Problem,
  PROBLEM_TYPE,
  problemBody,
  Requires,
  type EdgeReply,
  type EdgeRequest,
  type ProblemBody,
} from '#libs/identity/http';
import { type IntakeAnswer } from './answer.js';
import { BodyRefused } from './body.js';
import { Intake, type IntakeRequest } from './intake.js';
import { IntakeRefused } from './refusals.js';

type IntakeHeaders = Readonly<Record<string, string | undefined>>;

/** Predictions and labels over HTTP. The answer comes after the durable append. */
@Controller('v1/deployments/:deployment')
export class IntakeController {
  constructor(@Inject(Intake) private readonly intake: Intake) {}

  /** 200 when any record was accepted or a duplicate, 422 when none. */
  @Post('predictions')
  @HttpCode(200)
  @Requires('predictions.write')
  predictions(
    @Param('deployment') deployment: string,
    @Body() body: unknown,
    @Headers() headers: IntakeHeaders,
    @Req() request: EdgeRequest,
    @Res({ passthrough: true }) reply: EdgeReply,
  ): Promise<IntakeAnswer | RefusedAnswer> {
    return answered(request, reply, () => this.intake.predictions(intakeRequest(deployment, body, headers, request)));
  }

  @Post('labels')
  @HttpCode(200)
  @Requires('predictions.write')
  labels(
    @Param('deployment') deployment: string,
    @Body() body: unknown,
    @Headers() headers: IntakeHeaders,
    @Req() request: EdgeRequest,
    @Res({ passthrough: true }) reply: EdgeReply,
  ): Promise<IntakeAnswer | RefusedAnswer> {
    return answered(request, reply, () => this.intake.labels(intakeRequest(deployment, body, headers, request)));
  }
}

function intakeRequest(deployment: string, body: unknown, headers: IntakeHeaders, request: EdgeRequest): IntakeRequest {
  if (!(body instanceof Uint8Array)) throw new Problem({ status: 400, code: 'BODY_EMPTY', detail: 'the body holds no record' });
  return {
    deployment,
    body,
    contentType: headers['content-type'],
    contentEncoding: headers['content-encoding'],
    key: headers['idempotency-key'],
    meta: commandMetaOf(request),
  };
}

async function answered(request: EdgeRequest, reply: EdgeReply, take: () => Promise<IntakeAnswer>): Promise<IntakeAnswer | RefusedAnswer> {
  try {
    const answer = await take();
    if (answer.accepted + answer.duplicates > 0) return answer;
    reply.code(422).header('cache-control', 'no-store').type(PROBLEM_TYPE);
    return { ...problemBody(NOTHING_ACCEPTED, edgeOf(request).requestId), ...answer };
  } catch (error) {
    throw problemOf(error);
  }
}

/** A problem with the members of the answer beside its own, so that the reader sees why each record was refused. */
type RefusedAnswer = ProblemBody & IntakeAnswer;

const NOTHING_ACCEPTED = new Problem({ status: 422, code: 'NOTHING_ACCEPTED', detail: 'no record of this request was accepted' });

function problemOf(error: unknown): unknown {
  if (error instanceof BodyRefused) {
    const { status, code, message, limit } = error;
    return new Problem({ status, code, detail: message, ...(limit !== undefined && { field: 'body', limit }) });
  }
  if (error instanceof IntakeRefused) {
    const { status, code, message, about } = error;
    const { field, limit, retryAfterSeconds } = about;
    return new Problem(
      {
        status,
        code,
        detail: message,
        ...(field !== undefined && { field }),
        ...(limit !== undefined && { limit }),
        ...(retryAfterSeconds !== undefined && { headers: { 'retry-after': String(retryAfterSeconds) } }),
      },
      { cause: error },
    );
  }
  return error;
}
