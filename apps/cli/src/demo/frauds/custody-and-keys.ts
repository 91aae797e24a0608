import { generateKey, signerOf } from '#lib/keys';
import { Actor } from '../actor.js';
import { daysAgo, hoursAhead } from '../calendar.js';
import { mass } from '../material.js';
import type { Fraud } from '../stage.js';
import { refusedWith } from './refusal.js';

/** Somebody offers what somebody else holds. */
export const handoverByNonHolder: Fraud = {
  name: 'handover-by-non-holder',
  title: 'A handover by one who is not the holder',
  attempt: ({ america, batches }) =>
    refusedWith(['not-custodian'], () =>
      america.metalMaker.say('HandoverOffer', {
        batch: batches.scrap,
        to: america.carrier.did,
        quantity: mass('100'),
        transfersTitle: false,
        dispatchedAt: daysAgo(10),
        validUntil: hoursAhead(24),
      }),
    ),
};

/** A key is revoked; whoever stole it signs on. */
export const revokedKeyUsed: Fraud = {
  name: 'revoked-key',
  title: 'A revoked key used',
  async attempt({ america }) {
    const { alloyMaker } = america;
    const stolen = new Actor(alloyMaker.name, 'US', alloyMaker.registry, signerOf(generateKey()));
    await alloyMaker.say(
      'KeyRotation',
      { id: alloyMaker.did, add: [stolen.key.publicKeyMultibase], retire: [] },
      { with: [stolen] },
    );
    await alloyMaker.say('KeyRevocation', {
      id: alloyMaker.did,
      publicKeyMultibase: stolen.key.publicKeyMultibase,
      reason: 'compromised',
      // From now on: what the key signed before stays good, its own registration above all.
      effectiveFrom: new Date().toISOString(),
    });
    const thief = new Impostor(stolen, alloyMaker.did);
    return refusedWith(['key-not-valid'], () =>
      thief.say('HandoverOffer', {
        batch: alloyMaker.id('batches', 'SC-118'),
        to: america.carrier.did,
        quantity: mass('500'),
        transfersTitle: true,
        dispatchedAt: daysAgo(0, 0),
        validUntil: hoursAhead(24),
      }),
    );
  },
};

/** Signs in a party's name with a key that is, or was, one of that party's. */
class Impostor extends Actor {
  override readonly did: string;

  constructor(key: Actor, party: string) {
    super(key.name, key.country, key.registry, key.key);
    this.did = party;
  }
}
