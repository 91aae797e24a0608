import { Column, CreateDateColumn, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** What the registry knows as a witness of other logs, and what other witnesses say of its own. */

/** The largest consistent tree that this registry has cosigned for another log (C2SP tlog-witness). */
@Entity('witness_state')
export class WitnessStateRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'witness_state_pkey' }) origin!: string;
  @Column('bigint') size!: string;
  @Column('bytea') root!: Buffer;
  /** The checkpoint with the log's verified signatures and our cosignature. */
  @Column('text') note!: string;
  /** How many rows of evidence there are against that log. */
  @Column('integer', { default: 0 }) forks!: number;
}

/** A validly signed checkpoint that contradicts one we cosigned: proof that its log misbehaved. */
@Entity('witness_evidence')
export class WitnessEvidenceRow {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'witness_evidence_pkey',
  })
  id!: string;
  @Column('text') origin!: string;
  /** The checkpoint that we held. */
  @Column('text') held!: string;
  /** The checkpoint that contradicts it. */
  @Column('text') offered!: string;
  @CreateDateColumn({
    name: 'received_at',
    type: 'timestamptz',
    precision: 3,
    default: () => 'now()',
  })
  receivedAt!: Date;
}

/** A witness's newest cosignature line over a checkpoint of our own log. */
@Entity('cosignature')
export class CosignatureRow {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'cosignature_pkey' }) origin!: string;
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'cosignature_pkey' }) size!: string;
  /** The witness's key name. */
  @PrimaryColumn('text', { primaryKeyConstraintName: 'cosignature_pkey' }) witness!: string;
  /** The signature line, without its newline. */
  @Column('text') line!: string;
}
