import { Refusal } from '../../registry-client.js';
import type { Actor } from '../actor.js';
import { daysAgo } from '../calendar.js';
import { composition, mass } from '../material.js';
import { submitImport } from '../importing.js';
import { startRegistry, stopRegistry } from '../registries.js';
import type { Fraud } from '../stage.js';
import { refusedWith } from './refusal.js';

/** Two statements spend the last 100 kg of oxide in the same moment, at two API processes. */
export const spentTwiceAtOnce: Fraud = {
  name: 'double-spend',
  title:
    'The same 100 kg of oxide spent twice at the same moment, at two processes of one registry',
  async attempt({ us, america, batches }) {
    const second = await startRegistry({ ...us, name: 'second process' });
    try {
      const { metalMaker } = america;
      const drafts = await Promise.all(
        ['TWICE-A', 'TWICE-B'].map((local) =>
          metalMaker.draft('MakeEvent', reduction(metalMaker, batches.oxide, local, '100', '76')),
        ),
      );
      const outcomes = await Promise.allSettled([
        metalMaker.submit(drafts[0]!, us.client),
        metalMaker.submit(drafts[1]!, second.client),
      ]);
      const refusals = outcomes
        .filter((each) => each.status === 'rejected')
        .map(({ reason }) => reason as unknown);
      const [refusal] = refusals;
      if (!(refusal instanceof Refusal))
        throw refusal ?? new Error('both statements were accepted');
      return {
        refused:
          refusals.length === 1 && ['batch-spent', 'mass-exceeded'].includes(refusal.problemName),
        problem: refusal.problemName,
        detail: `one was recorded, the other refused: ${refusal.message}`,
      };
    } finally {
      await stopRegistry(second);
    }
  },
};

/** The lot left Australia, and is used there again; and its one release is imported twice. */
export const usedInBothRegistries: Fraud = {
  name: 'lot-in-two-registries',
  title: 'The same lot used in both registries',
  async attempt({ australia, america, released, recognition }) {
    const { separator } = australia;
    const atHome = await refusedWith(['batch-not-active'], () =>
      separator.say('MakeEvent', {
        facility: separator.id('facilities', 'kalgoorlie'),
        steps: ['split'],
        start: daysAgo(20),
        end: daysAgo(20),
        inputs: [{ batch: released.batch, quantity: mass('100') }],
        outputs: [
          {
            id: separator.id('batches', 'NDPR-AGAIN'),
            lot: 'NP-AGAIN',
            form: 'oxide',
            quantity: mass('100'),
            composition: composition({ Nd2O3: '74.8', Pr6O11: '24.9' }),
            custodyModel: 'segregated',
          },
        ],
        losses: [],
      }),
    );
    const abroad = await refusedWith(['release-already-imported'], () =>
      submitImport(
        america.metalMaker,
        released,
        recognition,
        america.metalMaker.id('batches', 'NDPR-TWICE'),
      ),
    );
    return {
      refused: atHome.refused && abroad.refused,
      problem: `${atHome.problem}, ${abroad.problem}`,
      detail: `at home: ${atHome.detail}; abroad: ${abroad.detail}`,
    };
  },
};

/** More neodymium leaves the furnace than the oxide held. */
export const moreThanTheOxideYields: Fraud = {
  name: 'more-magnet-than-the-oxide-yields',
  title: 'More magnet than the oxide can yield',
  attempt: ({ america, batches }) =>
    refusedWith(['element-balance-exceeded'], () => {
      const { magnetMaker } = america;
      return magnetMaker.say('MakeEvent', {
        facility: magnetMaker.id('facilities', 'durham'),
        steps: ['mill', 'press', 'sinter', 'magnetise'],
        start: daysAgo(40),
        end: daysAgo(38),
        inputs: [{ batch: batches.scrap, quantity: mass('200') }],
        outputs: [
          {
            id: magnetMaker.id('batches', 'MAG-MIRACLE'),
            lot: 'MAG-MIRACLE',
            form: 'magnet',
            quantity: mass('260'),
            composition: composition({ Nd: '22.0', Pr: '7.0', Fe: '68.3', B: '0.99' }),
            custodyModel: 'segregated',
          },
        ],
        losses: [],
      });
    }),
};

function reduction(maker: Actor, oxide: string, local: string, input: string, output: string) {
  return {
    facility: maker.id('facilities', 'roanoke'),
    steps: ['reduce'],
    start: daysAgo(30),
    end: daysAgo(29),
    inputs: [{ batch: oxide, quantity: mass(input) }],
    outputs: [
      {
        id: maker.id('batches', local),
        lot: local,
        form: 'metal',
        quantity: mass(output),
        composition: composition({ Nd: '75.5', Pr: '24.3' }),
        custodyModel: 'segregated',
      },
    ],
    losses: [],
  };
}
