import {
  createParamDecorator,
  Injectable,
  SetMetadata,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { refuse } from '#lib/problem';
import { Sessions } from './sessions.js';

/** A role of a party (common.schema.json#/$defs/Role), or everybody, or every registered party. */
export type Audience = 'public' | 'party' | (string & {});

/** The party behind a request, with the roles that the ledger holds for it at this moment. */
export interface SessionParty {
  /** The party's did:key. */
  id: string;
  roles: readonly string[];
}

/** Where the guard looks a party up; undefined for one that the ledger does not hold. */
export abstract class PartyDirectory {
  abstract rolesOf(party: string): Promise<readonly string[] | undefined>;
}

/** The metadata key under which a route says who may call it. */
export const ACCESS = 'lodestone:access';

/**
 * Says who may call a route: `'public'`, `'party'` for any registered party, or the roles of which
 * the caller needs one. Every route must say so; the application does not start otherwise.
 */
export const Access = (...audiences: [Audience, ...Audience[]]): MethodDecorator & ClassDecorator =>
  SetMetadata(ACCESS, audiences);

/** The party of the caller's session; undefined on a public route called without one. */
export const CallingParty = createParamDecorator(
  (_data: unknown, context: ExecutionContext): SessionParty | undefined =>
    parties.get(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** Kept apart from the request object, which nothing but the guard below may mark. */
const parties = new WeakMap<FastifyRequest, SessionParty>();

/**
 * Lets a request pass when its session answers the route's `@Access`. Roles are read from the
 * ledger each time, so that a role or a party withdrawn is withdrawn at once. Throws
 * `session-required`, `party-unknown`, `role-missing`.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly sessions: Sessions,
    private readonly directory: PartyDirectory,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = [context.getHandler(), context.getClass()];
    const audiences = this.reflector.getAllAndOverride<Audience[] | undefined>(ACCESS, route);
    if (!audiences) throw new Error('A route does not say who may call it');
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const party = await this.partyOf(request.headers.authorization);
    if (party) parties.set(request, party);
    if (!audiences.includes('public')) requireAudience(audiences, party);
    return true;
  }

  private async partyOf(authorization: string | undefined): Promise<SessionParty | undefined> {
    if (authorization === undefined) return undefined;
    const id = this.sessions.partyOf(authorization);
    const roles = await this.directory.rolesOf(id);
    if (!roles) throw refuse('party-unknown', `${id} is not registered at this registry.`);
    return { id, roles };
  }
}

function requireAudience(audiences: readonly Audience[], party: SessionParty | undefined): void {
  if (!party) throw refuse('session-required', 'This is not public, and no session was sent.');
  if (audiences.includes('party') || audiences.some((role) => party.roles.includes(role))) return;
  throw refuse('role-missing', `${party.id} is none of: ${audiences.join(', ')}.`);
}
