/** Where a tampering is tried: a file of tests, and the words of its story there. */
export type Place = readonly [file: string, story: string];

/** One way in which somebody who owns the database can lie, by what it is found, and where. */
export type Tampering = readonly [
  id: string,
  story: string,
  means: string,
  places: readonly Place[],
];

const FORGERIES = 'test/tamper/forgeries.ts';
const BEHIND = 'test/tamper/behind-the-back.spec.ts';
const START = 'test/witness/start-gate.spec.ts';
const TABLES = 'test/store/tampering.ts';
const SEQUENCER = 'test/store/sequencer-faults.spec.ts';

/** Every one of them, T1 to T22. Each place is run by itself; a test holds that none is missing. */
export const TAMPERINGS: readonly Tampering[] = [
  ['T1', 'a body is edited', 'on read; the audit', [[FORGERIES, 'a body is edited, and nothing']]],
  [
    'T2',
    'a body and its leaf hash are edited',
    'the tiles do not hold it',
    [[FORGERIES, 'so that its leaf hash no longer fits']],
  ],
  [
    'T3',
    'the tiles are computed again as well',
    'the root is not the signed one',
    [[FORGERIES, 'under the checkpoints that were signed']],
  ],
  [
    'T4',
    'a new head is signed with a stolen log key',
    'a kept checkpoint; a witness; the parties’ own signatures',
    [
      [FORGERIES, 'with the log key in hand, and everything made again'],
      [START, 'recognises a database of the same size with another end'],
      ['test/fault/older-copy.spec.ts', 'grows to the same size with another tail'],
    ],
  ],
  [
    'T5',
    'the last entries are cut off, under an older head',
    'a witness holds more; a kept checkpoint',
    [
      [FORGERIES, 'the last entries are cut off'],
      [START, 'recognises that its database is an older copy'],
      ['test/fault/older-copy.spec.ts', 'is recognised at the start'],
    ],
  ],
  ['T6', 'a row is deleted', 'the audit; on read', [[FORGERIES, 'in the middle is deleted']]],
  ['T7', 'two rows are swapped', 'the chain', [[FORGERIES, 'two entries change places']]],
  ['T8', 'a back-dated row is put in', 'the chain; the tree', [[FORGERIES, 'a back-dated entry']]],
  ['T9', 'rows are numbered anew', 'the entry names its index', [[FORGERIES, 'another number']]],
  [
    'T10',
    'columns beside the signed bytes are edited',
    'derived again by the audit',
    [
      [FORGERIES, 'only what is beside the signed bytes is edited'],
      [TABLES, 'a statement is filed as another type'],
    ],
  ],
  [
    'T11',
    'projections are edited',
    'rebuilt and compared',
    [
      [FORGERIES, 'what is read is edited'],
      [TABLES, 'a balance is raised'],
      ['test/store/audit.spec.ts', 'makes state, mentions and lineage again from the ledger alone'],
    ],
  ],
  [
    'T12',
    'another key stands for an honest party',
    'keys are entries of the log',
    [
      [FORGERIES, 'a key of the forger’s is put in'],
      [BEHIND, 'T12: what a forger’s key was let in for is undecidable'],
    ],
  ],
  ['T13', 'a statement is hidden', 'look-ups derived again', [[FORGERIES, 'hidden from those']]],
  [
    'T14',
    'the list of witnesses is edited',
    'lines are verified as they are read; the reader’s own policy counts',
    [
      ['test/witness/mutual-witnessing.spec.ts', 'does not quote a line that somebody put into'],
      ['test/witness/quorum.spec.ts', 'does not count a key that is not the witness’s'],
      ['test/fault/witness.spec.ts', 'does not follow a policy in which one key has two names'],
    ],
  ],
  [
    'T15',
    'the head is set back between batches',
    'the head in memory; a kept checkpoint',
    [
      [FORGERIES, 'the head is set back between two batches'],
      [SEQUENCER, 'an older head is put back'],
    ],
  ],
  [
    'T16',
    'a guard is taken off, and put on again',
    'the audit: the guards are no evidence',
    [[BEHIND, 'T16: a trigger is switched off, and on again']],
  ],
  [
    'T17',
    'an old page of a table comes back under a valid checksum',
    'the audit',
    [
      ['test/fault/old-page.spec.ts', 'T17: pages come back as they were'],
      ['test/tamper/old-relation.spec.ts', 'T17: is found by what its rows no longer say'],
      ['test/tamper/old-relation.spec.ts', 'D3: is found when it is an index'],
    ],
  ],
  [
    'T18',
    'a retry is made to give another’s receipt',
    'the digest is compared with the bytes that came',
    [
      [FORGERIES, 'a retry is made to give another’s receipt'],
      [BEHIND, 'T18: a retry whose identity points at another entry'],
    ],
  ],
  ['T19', 'times are edited', 'they are in the leaf', [[FORGERIES, 'is given another time']]],
  ['T20', 'rows go to another log', 'the leaf names its log', [[FORGERIES, 'another registry']]],
  [
    'T21',
    'a superuser switches every guard off for a session',
    'the audit; the serving role cannot',
    [
      [BEHIND, 'T21: the role that serves can switch nothing off'],
      ['test/support/forger.ts', 'SET session_replication_role = replica'],
    ],
  ],
  [
    'T22',
    'only a replica that serves reads is changed',
    'hashed again on read, there as here',
    [[BEHIND, 'T22: a replica that was changed serves nothing']],
  ],
];
