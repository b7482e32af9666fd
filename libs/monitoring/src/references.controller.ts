import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { commandMetaOf, type EdgeRequest, parsed, problemOfRefusal, Requires } from '#libs/identity/http';
import { monitorIdOf } from './ids.js';
import { ReferenceCounts } from './reference-counts.js';
import { ReferenceIntake, type ReferenceTaken } from './reference-intake.js';

const STATUS: Readonly<Record<string, number>> = {
  NO_SUCH_MONITOR: 404,
  COUNTS_REFUSED: 422,
  FEATURE_PERSONAL: 422,
  NO_SUCH_FEATURE: 422,
};

/** References of monitors over HTTP: counts of a file are larger than a GraphQL request may be. */
@Controller('v1/monitors')
export class ReferencesController {
  constructor(private readonly intake: ReferenceIntake) {}

  /** Counts of a file become the first choice of a monitor's references. The body is bounded by the server, the counts by their number. */
  @Post(':monitor/references')
  @Requires('monitors.write')
  @HttpCode(200)
  async import(@Req() request: EdgeRequest, @Param('monitor') monitor: string, @Body() body: unknown): Promise<ReferenceTaken> {
    const counts = parsed(ReferenceCounts, body);
    const answer = await this.intake.take(monitorIdOf(monitor), counts, commandMetaOf(request, { reason: counts.reason }));
    if (answer.kind === 'refused') throw problemOfRefusal(answer.refusal, STATUS[answer.refusal.code] ?? 409);
    return answer.taken;
  }
}
