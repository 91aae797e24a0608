import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * What `apply` makes of the ledger, written in the same transaction: decision state and the
 * look-ups of the readers. None of it is evidence; `rebuild` makes all of it again.
 */

/** Decision state: what deciders read and write. */
@Entity('state')
export class StateRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'state_pkey', collation: 'C' }) key!: string;
  /** RFC 8785 text, so that two rebuilds compare octet by octet. */
  @Column('text') value!: string;
}

/** That an entry touched a state key: the history of a batch, a party, a certificate. */
@Entity('mention')
export class MentionRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'mention_pkey' }) key!: string;
  @PrimaryColumn('text', { primaryKeyConstraintName: 'mention_pkey' }) origin!: string;
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'mention_pkey' }) index!: string;
}

/** That one thing was made from another, and the first entry that said so. */
@Entity('lineage')
export class LineageRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'lineage_pkey' }) child!: string;
  @Index('lineage_parent')
  @PrimaryColumn('text', { primaryKeyConstraintName: 'lineage_pkey' })
  parent!: string;
  @Column('text') origin!: string;
  @Column('bigint') index!: string;
}
