export {
  AlertSuspected,
  JudgementCounted,
  SuspicionDropped,
  AlertRaised,
  AlertAcknowledged,
  AlertSilenced,
  SilenceEnded,
  AlertCleared,
  RestatementAttached,
  ALERT_EVENTS,
  type AlertEvent,
  alertIdOf,
  episodeIdOf,
  alertStream,
} from './events.js';
export { AlertPolicy, AlertWindow, Evidence, Judgement, MovedBin, DecidingGate, Severity, Verdict, severityOf } from './judgement.js';
export {
  JudgeMeasurement,
  AcknowledgeAlert,
  SilenceAlert,
  EndSilence,
  ClearAlert,
  ALERT_COMMANDS,
  type AlertCommand,
  type AlertRefusal,
} from './commands.js';
export { SILENCE_MS_MAX } from './decider.js';
export { AlertsWriteModule } from './write.module.js';
export { AlertReactor } from './reactor.js';
export { alertPublisher, ALERT_SUBJECTS } from './publisher.js';
