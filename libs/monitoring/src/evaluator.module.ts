import { Module } from '@nestjs/common';
import { Evaluator } from './evaluator.js';

/** The evaluator. The process provides `ClickHouse`, `EventStore`, `EventCodec` and `MeasuringEngine`, and calls `advance` and `tick`. */
@Module({ providers: [Evaluator], exports: [Evaluator] })
export class EvaluatorModule {}
