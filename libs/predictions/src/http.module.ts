import { Module } from '@nestjs/common';
import { IntakeController } from './intake.controller.js';

/** The HTTP edge of intake. The process provides `Intake`. */
@Module({ controllers: [IntakeController] })
export class PredictionsHttpModule {}
