import { edited, type Forger, type LedgerRow } from '../support/forger.js';

/** The entry that most forgeries are about. */
export const AT = 4;

/**
 * What each means of detection says of a forgery. `audit` is the operator's, from the bodies up;
 * `watcher` reads only what is public, but kept a checkpoint from before; `entry` is the registry
 * itself when it is asked for the entry at that index, and `statement` for that of the statement.
 */
export interface Verdicts {
  /** What must be among the findings; or that there are none. */
  audit: { name: string; table: string; index?: number | null } | 'sound';
  watcher: string;
  entry: Answer;
  statement: Answer;
}

/** `refused` is a fault of the registry's own (500), which it tells its operator of. */
export type Answer = 'served' | 'refused' | 'not found';

/** One way to change a database, and who finds it. */
export type Forgery = [
  id: string,
  story: string,
  tamper: (forger: Forger, rows: LedgerRow[]) => Promise<unknown>,
  verdicts: Verdicts,
];

const SERVED = { entry: 'served', statement: 'served' } as const;
const REFUSED = { entry: 'refused', statement: 'refused' } as const;

const inPlace = (rows: readonly LedgerRow[], row: LedgerRow) => rows.with(AT, row);
const dayBefore = (time: Date) => new Date(time.getTime() - 86_400_000);

/** From the edit of one body to a whole log under its stolen key. T14, T16, T21, T22: see the test. */
export const FORGERIES: Forgery[] = [
  [
    'T1',
    'a body is edited, and nothing else',
    (forger, rows) => forger.replace(inPlace(rows, edited(rows[AT]!, false))),
    {
      audit: { name: 'altered', table: 'statement', index: AT },
      watcher: 'sound',
      entry: 'served',
      statement: 'refused',
    },
  ],
  [
    'T2',
    'a body and its digest are edited, so that its leaf hash no longer fits',
    (forger, rows) => forger.replace(inPlace(rows, edited(rows[AT]!, true))),
    {
      audit: { name: 'altered', table: 'entry', index: AT },
      watcher: 'answered 500',
      entry: 'refused',
      statement: 'not found',
    },
  ],
  [
    'T3',
    'a body is edited and the whole tree computed again, under the checkpoints that were signed',
    (forger, rows) => forger.replace(inPlace(rows, edited(rows[AT]!, true)), { tree: true }),
    {
      audit: { name: 'altered', table: 'checkpoint', index: AT + 1 },
      watcher: 'altered',
      entry: 'refused',
      statement: 'not found',
    },
  ],
  [
    'T4a',
    'the same, and every checkpoint signed again with the log key; a party’s signature is missing',
    (forger, rows) =>
      forger.replace(inPlace(rows, edited(rows[AT]!, true)), { tree: true, signed: true }),
    {
      audit: { name: 'unreadable', table: 'statement', index: AT },
      watcher: 'forked',
      entry: 'served',
      statement: 'not found',
    },
  ],
  [
    'T4b',
    'an entry is left out with the log key in hand, and everything made again without it',
    (forger, rows) =>
      forger.replace(
        rows.filter((_, i) => i !== AT),
        { tree: true, signed: true, projections: true },
      ),
    { audit: 'sound', watcher: 'rolled-back', entry: 'served', statement: 'not found' },
  ],
  [
    'T4c',
    'entries change places with the log key in hand, and everything is made again',
    (forger, rows) => {
      const times = rows.map(({ recorded_at }) => recorded_at);
      const swapped = rows.with(AT, rows[AT + 1]!).with(AT + 1, rows[AT]!);
      const dated = swapped.map((row, i) => ({ ...row, recorded_at: times[i]! }));
      return forger.replace(dated, { tree: true, signed: true, projections: true });
    },
    { audit: 'sound', watcher: 'forked', ...SERVED },
  ],
  [
    'T5',
    'the last entries are cut off, and the head is set back to an old signed checkpoint',
    async (forger, rows) => {
      await forger.replace(rows.slice(0, 7), { tree: true, projections: false });
      await forger.owner.query('DELETE FROM checkpoint WHERE size > 7');
      await forger.owner.query(
        'UPDATE log_head SET epoch = 7, checkpoint = (SELECT note FROM checkpoint WHERE size = 7)',
      );
      await forger.replace(rows.slice(0, 7), { tree: true, projections: true });
    },
    { audit: 'sound', watcher: 'rolled-back', ...SERVED },
  ],
  [
    'T6',
    'an entry in the middle is deleted',
    ({ owner }) => owner.query('DELETE FROM entry WHERE index = $1', [AT]),
    {
      audit: { name: 'missing', table: 'entry', index: AT },
      watcher: 'answered 500',
      entry: 'refused',
      statement: 'not found',
    },
  ],
  [
    'T7',
    'two entries change places',
    (forger, rows) => forger.replace(rows.with(AT, rows[AT + 1]!).with(AT + 1, rows[AT]!)),
    {
      audit: { name: 'altered', table: 'entry', index: AT },
      watcher: 'answered 500',
      ...REFUSED,
    },
  ],
  [
    'T8',
    'a back-dated entry is slipped in, and the tree computed again',
    (forger, rows) => {
      const late = { ...rows.at(-1)!, recorded_at: rows[AT]!.recorded_at };
      const slipped = [...rows.slice(0, AT), late, ...rows.slice(AT, -1)];
      return forger.replace(slipped, { tree: true });
    },
    {
      audit: { name: 'altered', table: 'checkpoint', index: AT + 1 },
      watcher: 'altered',
      entry: 'refused',
      statement: 'refused',
    },
  ],
  [
    'T9',
    'an entry is given another number',
    ({ owner }) => owner.query('UPDATE entry SET index = 99 WHERE index = $1', [AT]),
    {
      audit: { name: 'surplus', table: 'entry', index: 99 },
      watcher: 'answered 500',
      entry: 'refused',
      statement: 'not found',
    },
  ],
  [
    'T10',
    'only what is beside the signed bytes is edited: a statement is filed as another type',
    ({ owner }) => owner.query(`UPDATE statement SET type = 'Release' WHERE index = $1`, [AT]),
    {
      audit: { name: 'altered', table: 'statement', index: AT },
      watcher: 'sound',
      ...SERVED,
    },
  ],
  [
    'T11',
    'what is read is edited: a party has a role that nobody gave it',
    ({ owner }) =>
      owner.query(
        `UPDATE state SET value = replace(value, '"processor"', '"authority"')
           WHERE key LIKE 'party:%' AND value LIKE '%"processor"%'`,
      ),
    { audit: { name: 'differs', table: 'state' }, watcher: 'sound', ...SERVED },
  ],
  [
    'T12',
    'a key of the forger’s is put in for an honest party’s',
    ({ owner }) =>
      owner.query(
        `UPDATE state SET key = 'key:zForger'
           WHERE key = (SELECT max(key) FROM state WHERE key LIKE 'key:%')`,
      ),
    { audit: { name: 'surplus', table: 'state' }, watcher: 'sound', ...SERVED },
  ],
  [
    'T13',
    'a statement is hidden from those who look for it',
    ({ owner }) => owner.query('DELETE FROM mention WHERE index = $1', [AT]),
    { audit: { name: 'missing', table: 'mention', index: AT }, watcher: 'sound', ...SERVED },
  ],
  [
    'T15',
    'the head is set back between two batches',
    ({ owner }) =>
      owner.query(
        `UPDATE log_head SET size = 7, checkpoint = (SELECT note FROM checkpoint WHERE size = 7)`,
      ),
    {
      audit: { name: 'altered', table: 'log_head' },
      watcher: 'rolled-back',
      ...SERVED,
    },
  ],
  [
    'T17',
    'an old page comes back under a valid checksum: an entry is what it was before a repair',
    ({ owner }) => owner.query(`UPDATE entry SET leaf_hash = sha256('old') WHERE index = $1`, [AT]),
    {
      audit: { name: 'altered', table: 'entry', index: AT },
      watcher: 'answered 500',
      ...REFUSED,
    },
  ],
  [
    'T18',
    'a retry is made to give another’s receipt',
    ({ owner }) =>
      owner.query(`UPDATE statement SET identity = sha256('another') WHERE index = $1`, [AT]),
    { audit: { name: 'altered', table: 'statement', index: AT }, watcher: 'sound', ...SERVED },
  ],
  [
    'T19',
    'an entry is given another time',
    ({ owner }, rows) =>
      owner.query('UPDATE entry SET recorded_at = $2 WHERE index = $1', [
        AT,
        dayBefore(rows[AT]!.recorded_at),
      ]),
    {
      audit: { name: 'altered', table: 'entry', index: AT },
      watcher: 'answered 500',
      ...REFUSED,
    },
  ],
  [
    'T20',
    'an entry is given to another registry',
    ({ owner }) =>
      owner.query(`UPDATE entry SET origin = 'us.registry.example/log' WHERE index = $1`, [AT]),
    {
      audit: { name: 'missing', table: 'entry', index: AT },
      watcher: 'answered 500',
      entry: 'refused',
      statement: 'not found',
    },
  ],
];
