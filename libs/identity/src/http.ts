export { AccessGuard, ForeignRoutes } from './http/access-guard.js';
export { type MetaAbout, addressClassOf, commandMetaOf, metaOf } from './http/command-meta.js';
export { SESSION_COOKIE } from './http/credentials.js';
export { type EdgeReply, type EdgeRequest, type EdgeState, edgeOf, headerOf, recognisedOf, routeOf } from './http/edge.js';
export { type ProblemAbout, type ProblemBody, PROBLEM_TYPE, Problem, parsed, problemBody, problemOfRefusal } from './http/problem.js';
export { ProblemFilter, problemOf, sendProblem } from './http/problem-filter.js';
export { Open, Requires, RouteAccess } from './http/route-access.js';
export { type IdentityHttpOptions, IdentityHttpModule } from './http.module.js';
