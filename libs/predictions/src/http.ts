export { IntakeController } from './intake.controller.js';
export { PredictionsHttpModule } from './http.module.js';
export { INTAKE_ROUTES } from './intake-routes.js';
