import { IsOptional, Matches } from 'class-validator';

const WHOLE_NUMBER = /^(0|[1-9][0-9]{0,15})$/;
const message = '$property is not a whole number in decimal.';

/** `?from=`: where a page of checkpoints begins. */
export class CheckpointsQuery {
  @IsOptional()
  @Matches(WHOLE_NUMBER, { message })
  from?: string;
}

/** `?size=`: the tree in which an entry is proved; without it, the newest. */
export class ProofQuery {
  @IsOptional()
  @Matches(WHOLE_NUMBER, { message })
  size?: string;
}

/** `?index=&size=`: an inclusion proof (RFC 6962 §2.1.1). */
export class InclusionQuery {
  @Matches(WHOLE_NUMBER, { message })
  index!: string;

  @Matches(WHOLE_NUMBER, { message })
  size!: string;
}

/** `?from=&to=`: a consistency proof (RFC 6962 §2.1.2). */
export class ConsistencyQuery {
  @Matches(WHOLE_NUMBER, { message })
  from!: string;

  @Matches(WHOLE_NUMBER, { message })
  to!: string;
}
