import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { refuse } from '#lib/problem';

/** How long a challenge may be answered, in seconds. */
const CHALLENGE_SECONDS = 300;
/** How long a session lasts, in seconds. */
const SESSION_SECONDS = 3600;
/** How far the clocks of processes that share the secret may differ, in seconds. */
const SKEW_SECONDS = 60;
/** So many of the challenges that were answered last are known for as long as the process runs. */
const ANSWERED_KEPT = 10_000;

/** A challenge to sign: `challenge` and `domain` go into the presentation's proof. */
export interface Challenge {
  challenge: string;
  domain: string;
  /** RFC 3339 UTC. */
  expires: string;
}

/** A session: the token goes into `Authorization: Bearer …`. */
export interface Session {
  token: string;
  party: string;
  /** RFC 3339 UTC. */
  expires: string;
}

/**
 * Challenges and session tokens, authenticated by HMAC-SHA-256 and kept nowhere: every process that
 * shares the secret understands them. A challenge is accepted once by the process that sees it;
 * another process would accept it again within its five minutes, but only from the very
 * presentation that its holder signed for this domain.
 */
export class Sessions {
  private readonly challengeKey: Uint8Array;
  private readonly tokenKey: Uint8Array;
  /** Answered challenges, the oldest first, with when (ms) by a clock that nobody sets. */
  private readonly answered = new Map<string, number>();

  constructor(
    secret: Uint8Array,
    private readonly domain: string,
    private readonly now: () => number = Date.now,
    private readonly elapsed: () => number = () => performance.now(),
  ) {
    this.challengeKey = derive(secret, 'challenge');
    this.tokenKey = derive(secret, 'token');
  }

  /** A new challenge for this registry's domain. */
  challenge(): Challenge {
    const expires = this.now() + CHALLENGE_SECONDS * 1000;
    const text = `${expires}.${randomBytes(16).toString('base64url')}`;
    const challenge = `${text}.${mac(this.challengeKey, text)}`;
    return { challenge, domain: this.domain, expires: new Date(expires).toISOString() };
  }

  /** Takes a challenge back, once. Throws `challenge-expired`. */
  redeem(challenge: string): void {
    const text = authentic(this.challengeKey, challenge);
    const expires = Number(text?.split('.')[0] ?? 0);
    if (!isWithin(CHALLENGE_SECONDS, expires, this.now()) || this.answered.has(challenge))
      throw refuse('challenge-expired', 'The challenge is unknown here, answered or too old.');
    this.forgetOldest();
    this.answered.set(challenge, this.elapsed());
  }

  /** Opens a session for a party that has proved itself. */
  open(party: string): Session {
    const expires = this.now() + SESSION_SECONDS * 1000;
    const text = `${expires}.${Buffer.from(party).toString('base64url')}`;
    const token = `${text}.${mac(this.tokenKey, text)}`;
    return { token, party, expires: new Date(expires).toISOString() };
  }

  /** The party whose session an Authorization header carries. Throws `session-required`. */
  partyOf(authorization: string): string {
    const token = /^Bearer ([A-Za-z0-9._-]{1,1000})$/i.exec(authorization)?.[1] ?? '';
    const [expires, party] = authentic(this.tokenKey, token)?.split('.') ?? [];
    if (party === undefined || !isWithin(SESSION_SECONDS, Number(expires), this.now()))
      throw refuse('session-required', 'The session is not of this registry, or has expired.');
    return Buffer.from(party, 'base64url').toString();
  }

  /**
   * The clock of the machine can be set back to when an answered challenge was still good: what was
   * answered is forgotten by time that only passes, and not before many others were.
   */
  private forgetOldest(): void {
    const since = this.elapsed() - (CHALLENGE_SECONDS + SKEW_SECONDS) * 1000;
    for (const [each, answeredAt] of this.answered) {
      if (this.answered.size < ANSWERED_KEPT || answeredAt > since) return;
      this.answered.delete(each);
    }
  }
}

/**
 * Whether something that lasts so long has not expired. What would last longer was given when the
 * clock was ahead of what it is now: it is not to be good until then.
 */
function isWithin(seconds: number, expires: number, now: number): boolean {
  return expires > now && expires <= now + (seconds + SKEW_SECONDS) * 1000;
}

function derive(secret: Uint8Array, use: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', `lodestone session ${use}`, 32));
}

function mac(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}

/** The text before the last full stop, when what follows is its HMAC; compared in constant time. */
function authentic(key: Uint8Array, token: string): string | undefined {
  const dot = token.lastIndexOf('.');
  const text = token.slice(0, Math.max(dot, 0));
  const given = Buffer.from(token.slice(dot + 1));
  const wanted = Buffer.from(mac(key, text));
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? text : undefined;
}
