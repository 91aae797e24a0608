import type { AuditFinding } from '#lib/store';

/** Entries in the ledger that is tampered with. */
export const ENTRIES = 620;

/** One way to change the tables behind the registry's back. */
export interface Tampering {
  story: string;
  table: string;
  sql: string;
  /** What the audit must say about that very row. */
  finding: Omit<AuditFinding, 'detail'>;
}

/** Every table, and every column that means something. */
export const TAMPERING: readonly Tampering[] = [
  {
    story: 'a body is edited',
    table: 'statement',
    sql: `UPDATE statement SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'lot', 'LOT'), 'UTF8') WHERE index = 100`,
    finding: { name: 'altered', table: 'statement', index: 100 },
  },
  {
    story: 'a body and its digest are edited',
    table: 'entry',
    sql: `UPDATE entry SET digest = sha256('x') WHERE index = 100`,
    finding: { name: 'altered', table: 'entry', index: 100 },
  },
  {
    story: 'an entry is given another leaf hash',
    table: 'entry',
    sql: `UPDATE entry SET leaf_hash = sha256('x') WHERE index = 100`,
    finding: { name: 'altered', table: 'entry', index: 100 },
  },
  {
    story: 'an entry is back-dated',
    table: 'entry',
    sql: `UPDATE entry SET recorded_at = recorded_at - interval '1 day' WHERE index = 100`,
    finding: { name: 'altered', table: 'entry', index: 100 },
  },
  {
    story: 'an entry is made unreadable',
    table: 'entry',
    sql: `UPDATE entry SET digest = '' WHERE index = 100`,
    finding: { name: 'altered', table: 'entry', index: 100 },
  },
  {
    story: 'an entry is deleted',
    table: 'entry',
    sql: 'DELETE FROM entry WHERE index = 100',
    finding: { name: 'missing', table: 'entry', index: 100 },
  },
  {
    story: 'an entry is slipped in behind the end',
    table: 'entry',
    sql: `INSERT INTO entry SELECT origin, ${ENTRIES}, leaf_hash, digest, recorded_at FROM entry WHERE index = 7`,
    finding: { name: 'surplus', table: 'entry', index: ENTRIES },
  },
  {
    story: 'an entry is moved to another log',
    table: 'entry',
    sql: `INSERT INTO entry SELECT 'evil.example', index, leaf_hash, digest, recorded_at FROM entry WHERE index = 7`,
    finding: { name: 'surplus', table: 'entry', index: 7 },
  },
  {
    story: 'a statement is deleted',
    table: 'statement',
    sql: 'DELETE FROM statement WHERE index = 100',
    finding: { name: 'missing', table: 'statement', index: 100 },
  },
  {
    story: 'a statement is filed under another identity',
    table: 'statement',
    sql: `UPDATE statement SET identity = sha256('x') WHERE index = 100`,
    finding: { name: 'altered', table: 'statement', index: 100 },
  },
  {
    story: 'a statement is filed as another type',
    table: 'statement',
    sql: `UPDATE statement SET type = 'open' WHERE index = 100`,
    finding: { name: 'altered', table: 'statement', index: 100 },
  },
  {
    story: 'a disclosure is edited',
    table: 'disclosure',
    sql: `UPDATE disclosure SET bytes = '[1]'`,
    finding: { name: 'unreadable', table: 'disclosure', index: 1 },
  },
  {
    story: 'a disclosure is slipped in behind the end',
    table: 'disclosure',
    sql: `INSERT INTO disclosure SELECT origin, ${ENTRIES}, bytes FROM disclosure`,
    finding: { name: 'surplus', table: 'disclosure', index: ENTRIES },
  },
  {
    story: 'a cited document is edited',
    table: 'evidence',
    sql: `UPDATE evidence SET bytes = 'x'`,
    finding: { name: 'altered', table: 'evidence', index: 1 },
  },
  {
    story: 'a cited document is deleted',
    table: 'evidence',
    sql: 'DELETE FROM evidence',
    finding: { name: 'missing', table: 'evidence', index: 1 },
  },
  {
    story: 'a cited document is said to have come later',
    table: 'evidence',
    sql: 'UPDATE evidence SET index = 9',
    finding: { name: 'altered', table: 'evidence', index: 1 },
  },
  {
    story: 'a tile is edited',
    table: 'tile',
    sql: `UPDATE tile SET hashes = overlay(hashes placing sha256('x') from 33) WHERE index = 1`,
    finding: { name: 'altered', table: 'tile', index: 1 },
  },
  {
    story: 'a tile is deleted',
    table: 'tile',
    sql: 'DELETE FROM tile WHERE index = 1',
    finding: { name: 'missing', table: 'tile', index: 1 },
  },
  {
    story: 'a tile is invented',
    table: 'tile',
    sql: 'INSERT INTO tile SELECT origin, level, 2, hashes FROM tile WHERE index = 1',
    finding: { name: 'surplus', table: 'tile', index: 2 },
  },
  {
    story: 'a checkpoint is edited',
    table: 'checkpoint',
    sql: `UPDATE checkpoint SET note = replace(note, 'toy', 'Toy') WHERE size = 14`,
    finding: { name: 'altered', table: 'checkpoint', index: 14 },
  },
  {
    story: 'a checkpoint is put in another’s place',
    table: 'checkpoint',
    sql: 'UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 0) WHERE size = 14',
    finding: { name: 'altered', table: 'checkpoint', index: 14 },
  },
  {
    story: 'a checkpoint is deleted',
    table: 'checkpoint',
    sql: 'DELETE FROM checkpoint WHERE size = 14',
    finding: { name: 'missing', table: 'checkpoint', index: null },
  },
  {
    story: 'the last entries are cut off',
    table: 'log_head',
    sql: 'UPDATE log_head SET size = 616',
    finding: { name: 'surplus', table: 'checkpoint', index: ENTRIES },
  },
  {
    story: 'the head is given another root',
    table: 'log_head',
    sql: `UPDATE log_head SET root = sha256('x')`,
    finding: { name: 'altered', table: 'log_head', index: null },
  },
  {
    story: 'the head is given another edge',
    table: 'log_head',
    sql: `UPDATE log_head SET edge = overlay(edge placing sha256('x') from 1)`,
    finding: { name: 'altered', table: 'log_head', index: null },
  },
  {
    story: 'the head is given another last leaf',
    table: 'log_head',
    sql: `UPDATE log_head SET last_leaf_hash = sha256('x')`,
    finding: { name: 'altered', table: 'log_head', index: null },
  },
  {
    story: 'the head is given another time',
    table: 'log_head',
    sql: `UPDATE log_head SET recorded_at = recorded_at - interval '1 hour'`,
    finding: { name: 'altered', table: 'log_head', index: null },
  },
  {
    story: 'the head is given an older checkpoint',
    table: 'log_head',
    sql: 'UPDATE log_head SET checkpoint = (SELECT note FROM checkpoint WHERE size = 14)',
    finding: { name: 'altered', table: 'log_head', index: null },
  },
  {
    story: 'the head’s epoch is changed',
    table: 'log_head',
    sql: 'UPDATE log_head SET epoch = epoch + 1',
    finding: { name: 'missing', table: 'checkpoint', index: null },
  },
  {
    story: 'a balance is raised',
    table: 'state',
    sql: `UPDATE state SET value = '999' WHERE key = 'account/lot 7'`,
    finding: { name: 'differs', table: 'state', index: null },
  },
  {
    story: 'a balance is deleted',
    table: 'state',
    sql: `DELETE FROM state WHERE key = 'account/lot 7'`,
    finding: { name: 'missing', table: 'state', index: null },
  },
  {
    story: 'an account is invented',
    table: 'state',
    sql: `INSERT INTO state VALUES ('account/evil', '999')`,
    finding: { name: 'surplus', table: 'state', index: null },
  },
  {
    story: 'a mention is hidden',
    table: 'mention',
    sql: `DELETE FROM mention WHERE key = 'account/cited'`,
    finding: { name: 'missing', table: 'mention', index: 1 },
  },
  {
    story: 'a mention is invented',
    table: 'mention',
    sql: `INSERT INTO mention SELECT 'account/evil', origin, 9 FROM mention LIMIT 1`,
    finding: { name: 'surplus', table: 'mention', index: 9 },
  },
  {
    story: 'an ancestor is swapped',
    table: 'lineage',
    sql: `UPDATE lineage SET parent = 'elsewhere' WHERE child = 'cited'`,
    finding: { name: 'surplus', table: 'lineage', index: 1 },
  },
  {
    story: 'a cosignature is edited',
    table: 'cosignature',
    sql: `UPDATE cosignature SET line = '— w BBBB'`,
    finding: { name: 'altered', table: 'cosignature', index: ENTRIES },
  },
  {
    story: 'a cosignature is moved to another size',
    table: 'cosignature',
    sql: 'UPDATE cosignature SET size = 1',
    finding: { name: 'altered', table: 'cosignature', index: 1 },
  },
  {
    story: 'a witnessed tree is edited',
    table: 'witness_state',
    sql: 'UPDATE witness_state SET size = 5',
    finding: { name: 'altered', table: 'witness_state', index: 5 },
  },
];
