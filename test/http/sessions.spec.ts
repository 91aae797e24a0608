import { Sessions } from '#lib/http';
import type { Problem } from '#lib/problem';

const START = Date.parse('2026-11-22T02:38:25Z');

describe('sessions', () => {
  let now = START;
  /** What has really passed, whatever the clock is set to. */
  let elapsed = 0;
  const secret = new Uint8Array(32).fill(7);
  const sessions = () =>
    new Sessions(
      secret,
      'registry.example',
      () => now,
      () => elapsed,
    );
  const nameOf = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      return (error as Problem).problem;
    }
    return 'accepted';
  };

  beforeEach(() => {
    now = START;
    elapsed = 0;
  });

  it('accepts a challenge once, at any process with the same secret', () => {
    const first = sessions();
    const { challenge, domain } = first.challenge();
    expect(domain).toBe('registry.example');
    const second = sessions();
    expect(nameOf(() => second.redeem(challenge))).toBe('accepted');
    expect(nameOf(() => second.redeem(challenge))).toBe('challenge-expired');
  });

  it('accepts a challenge once, though the clock is set forward, and back to when it was good', () => {
    const process = sessions();
    const { challenge } = process.challenge();
    expect(nameOf(() => process.redeem(challenge))).toBe('accepted');
    now += 400_000;
    elapsed += 100_000;
    expect(nameOf(() => process.redeem(process.challenge().challenge))).toBe('accepted');
    now = START;
    expect(nameOf(() => process.redeem(challenge))).toBe('challenge-expired');
    // An hour later it was answered long ago, and few were since.
    elapsed += 3_600_000;
    expect(nameOf(() => process.redeem(process.challenge().challenge))).toBe('accepted');
    expect(nameOf(() => process.redeem(challenge))).toBe('challenge-expired');
  });

  it('forgets no answered challenge in its six minutes, however many are answered after it', () => {
    const process = sessions();
    const { challenge } = process.challenge();
    const answer = () => process.redeem(process.challenge().challenge);
    process.redeem(challenge);
    for (let i = 0; i < 10_000; i++) answer();
    elapsed = 359_999;
    answer();
    expect(nameOf(() => process.redeem(challenge))).toBe('challenge-expired');
    // Then memory is given back; by any clock that runs right it is too old for long.
    elapsed = 360_000;
    answer();
    expect(nameOf(() => process.redeem(challenge))).toBe('accepted');
  });

  it('refuses a challenge after five minutes, an invented one, and a lengthened one', () => {
    const { challenge } = sessions().challenge();
    const later = challenge.replace(/^\d+/, (digits) => String(Number(digits) + 1));
    expect(nameOf(() => sessions().redeem(later))).toBe('challenge-expired');
    expect(nameOf(() => sessions().redeem('abc'))).toBe('challenge-expired');
    now += 300_000;
    expect(nameOf(() => sessions().redeem(challenge))).toBe('challenge-expired');
  });

  it('does not take a challenge for a token nor a token for a challenge', () => {
    const { challenge } = sessions().challenge();
    const { token } = sessions().open('did:key:z6Mk');
    expect(nameOf(() => sessions().partyOf(`Bearer ${challenge}`))).toBe('session-required');
    expect(nameOf(() => sessions().redeem(token))).toBe('challenge-expired');
  });

  it('knows the party of a token for an hour', () => {
    const { token, expires } = sessions().open('did:key:z6Mk');
    expect(expires).toBe('2026-11-22T03:38:25.000Z');
    expect(sessions().partyOf(`Bearer ${token}`)).toBe('did:key:z6Mk');
    now += 3_600_000;
    expect(nameOf(() => sessions().partyOf(`Bearer ${token}`))).toBe('session-required');
  });

  it('gives nothing a longer life when the clock was ahead and is put right', () => {
    const { challenge } = sessions().challenge();
    const { token } = sessions().open('did:key:z6Mk');
    now -= 60_000;
    expect(nameOf(() => sessions().redeem(challenge))).toBe('accepted');
    expect(nameOf(() => sessions().partyOf(`Bearer ${token}`))).toBe('accepted');
    now -= 1;
    expect(nameOf(() => sessions().redeem(challenge))).toBe('challenge-expired');
    expect(nameOf(() => sessions().partyOf(`Bearer ${token}`))).toBe('session-required');
  });

  it('refuses a token made with another secret', () => {
    const other = new Sessions(new Uint8Array(32), 'registry.example', () => now);
    const { token } = other.open('did:key:z6Mk');
    expect(nameOf(() => sessions().partyOf(`Bearer ${token}`))).toBe('session-required');
  });
});
