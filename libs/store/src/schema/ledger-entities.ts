import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * The ledger's own tables: what the log commits to, and what is needed to prove it. The serving
 * role can add to them and cannot change them, but for the one head row of each log. TypeORM keeps
 * them in step with the migrations; the hot path is plain SQL.
 */

/** Where a log stands: locked by whoever appends, and moved by compare-and-swap. */
@Entity('log_head')
export class LogHeadRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'log_head_pkey' }) origin!: string;
  /** Counts the moves of the head. */
  @Column('bigint') epoch!: string;
  @Column('bigint') size!: string;
  /** RFC 6962 root hash of the tree of `size`. */
  @Column('bytea') root!: Buffer;
  /** The partial tiles at the right edge (`formatFrontier`). */
  @Column('bytea') edge!: Buffer;
  /** The leaf hash that the next entry names as `previous`; 32 zero octets when there is none. */
  @Column('bytea', { name: 'last_leaf_hash' }) lastLeafHash!: Buffer;
  /** The signed note over `origin`, `size` and `root`. */
  @Column('text') checkpoint!: string;
  @Column({ name: 'recorded_at', type: 'timestamptz', precision: 3 }) recordedAt!: Date;
  /** The origin of the log that succeeds this one: nothing is appended here any more. */
  @Column('text', { nullable: true }) successor!: string | null;
}

/** What is needed to write an entry's bytes again, and the hash that the tree holds of them. */
@Entity('entry')
export class EntryRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'entry_pkey' }) origin!: string;
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'entry_pkey' }) index!: string;
  @Column('bytea', { name: 'leaf_hash' }) leafHash!: Buffer;
  /** SHA-256 of the statement's exact bytes. */
  @Index('entry_digest')
  @Column('bytea')
  digest!: Buffer;
  @Column({ name: 'recorded_at', type: 'timestamptz', precision: 3 }) recordedAt!: Date;
}

/** A statement's exact bytes, and the identity under which it is recorded once. */
@Entity('statement')
export class StatementRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'statement_pkey' }) origin!: string;
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'statement_pkey' }) index!: string;
  @Index('statement_identity', { unique: true })
  @Column('bytea')
  identity!: Buffer;
  @Column('text') type!: string;
  @Column('bytea') bytes!: Buffer;
}

/** What opens a statement's blinded values; the owner can erase it and no proof breaks. */
@Entity('disclosure')
export class DisclosureRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'disclosure_pkey' }) origin!: string;
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'disclosure_pkey' }) index!: string;
  @Column('bytea') bytes!: Buffer;
}

/** A document that a statement cites by digest, such as an imported bundle; stored once. */
@Entity('evidence')
export class EvidenceRow {
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'evidence_pkey' }) digest!: Buffer;
  /** The entry that brought it first. */
  @Column('text') origin!: string;
  @Column('bigint') index!: string;
  @Column('bytea') bytes!: Buffer;
}

/** A full Merkle tile (C2SP tlog-tiles), written once; partial ones come from the head's edge. */
@Entity('tile')
export class TileRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'tile_pkey' }) origin!: string;
  @PrimaryColumn('smallint', { primaryKeyConstraintName: 'tile_pkey' }) level!: number;
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'tile_pkey' }) index!: string;
  /** 256 hashes of 32 octets. */
  @Column('bytea') hashes!: Buffer;
}

/** Every checkpoint that was ever signed and committed: one root for one size, for ever. */
@Entity('checkpoint')
export class CheckpointRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'checkpoint_pkey' }) origin!: string;
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'checkpoint_pkey' }) size!: string;
  @Column('text') note!: string;
}
