import { signerOf, generateKey, type KeySigner } from '#lib/keys';
import { DrawFacts } from '../../apps/registry/src/certificates/draw-facts.js';
import { makeOxide, mass, type AustralianOxide } from '../support/registry-journey.js';
import { daysAgo, startRegistry, submission, type TestRegistry } from '../support/registry.js';

const problem = (name: string) => `urn:lodestone:problem:${name}`;

describe('what the ledger refuses, as a client reads it', () => {
  let au: TestRegistry;
  let made: AustralianOxide;

  const offer = async (by: KeySigner, kilograms: string) => {
    const subject = {
      batch: made.oxide,
      to: made.miner.did,
      quantity: mass(kilograms),
      transfersTitle: true,
      dispatchedAt: daysAgo(2),
      validUntil: daysAgo(-3),
    };
    return au.submit(await submission(by, 'HandoverOffer', subject));
  };

  beforeAll(async () => {
    au = await startRegistry();
    made = await makeOxide(au);
  });
  afterAll(() => au?.close());

  it('names the field, the rule and the remedy', async () => {
    const stranger = signerOf(generateKey());
    const attempts: [KeySigner, string, number, string, string][] = [
      [stranger, '1', 403, 'party-unknown', '/issuer'],
      [made.miner, '1', 403, 'not-custodian', '/credentialSubject/batch'],
      [made.separator, '1700.001', 409, 'mass-exceeded', '/credentialSubject/quantity'],
    ];
    for (const [by, kilograms, status, name, pointer] of attempts) {
      const answer = await offer(by, kilograms);
      expect(answer.body).toMatchObject({
        type: problem(name),
        status,
        pointer,
        title: expect.stringMatching(/\S/),
        detail: expect.stringMatching(/\S/),
        remedy: expect.stringMatching(/\S/),
      });
    }
  });

  it('gives up on a certificate whose batch never holds still, and says so', async () => {
    const drawFacts = au.app.get(DrawFacts);
    const draw = drawFacts.draw.bind(drawFacts);
    let changes = 0;
    const spy = jest.spyOn(drawFacts, 'draw').mockImplementation(async (batch, treeSize) => {
      const drawn = await draw(batch, treeSize);
      changes++;
      const { digest } = (await offer(made.separator, '1')).body;
      await au.say(made.miner, 'HandoverAnswer', {
        offer: digest,
        batch: made.oxide,
        answer: 'accepted',
        quantity: mass('1'),
        receivedAt: daysAgo(1),
        newBatch: `${made.miner.did}/batches/SAMPLE-${changes}`,
      });
      return drawn;
    });
    const answer = await au
      .http()
      .post('/certificates')
      .set('authorization', await au.session(made.separator))
      .send({ batch: made.oxide });
    spy.mockRestore();
    expect(changes).toBe(3);
    expect([answer.status, answer.body.type]).toEqual([409, problem('certificate-stale')]);
    expect(answer.body.pointer).toBe('/credentialSubject/asOf');
  });

  it('asks to come back while it is stopping', async () => {
    await au.registry.sequencer.close();
    const answer = await offer(made.separator, '1');
    expect([answer.status, answer.body.type]).toEqual([503, problem('overloaded')]);
    expect(answer.headers['retry-after']).toBe('1');
  });
});
