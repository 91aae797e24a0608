export {
  Access,
  AccessGuard,
  CallingParty,
  PartyDirectory,
  type Audience,
  type SessionParty,
} from './access.js';
export { CheckedBody, CheckedQuery, CheckedRequestPipe } from './checked-request.js';
export { BODY_BYTES_MAX, NOTE_BYTES_MAX, NoteBody, SignedBody } from './exact-bytes.js';
export { HttpModule } from './http.module.js';
export { PROBLEM_MEDIA_TYPE, ProblemFilter } from './problem-filter.js';
export { problemOf, retryAfterSeconds } from './problem-of.js';
export { RouteDeclarations, type RouteDeclaration } from './route-declarations.js';
export { httpServer, NestLog } from './server.js';
export { Sessions, type Challenge, type Session } from './sessions.js';
