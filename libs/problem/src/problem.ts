import { PROBLEMS, type ProblemName } from './registry.js';

/** What a problem says about this one occurrence (RFC 9457 §3.1.4 and §3.2). */
export interface ProblemDetails {
  /** What happened, in words for the person who must act. */
  detail: string;
  /** RFC 6901 JSON Pointer to the field at fault, within the submitted statement. */
  pointer?: string;
  /** What to do about it, when it is more specific than the registry's own remedy. */
  remedy?: string;
  /** Further members a machine may want: the entry that stands in the way, quantities, keys. */
  extensions?: Readonly<Record<string, string | number | boolean | null>>;
}

/** The `application/problem+json` body (RFC 9457 §3). */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  remedy: string;
  pointer?: string;
  [extension: string]: unknown;
}

/** The URI prefix of every problem type; `GET /problems/{name}` describes each. */
export const PROBLEM_TYPE_PREFIX = 'urn:lodestone:problem:';

/**
 * The one error class. A refusal is a thrown Problem; anything else that is thrown is a fault.
 * Its `name` in the registry fixes the RFC 9457 type, title and HTTP status.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;

  constructor(
    readonly problem: ProblemName,
    readonly details: ProblemDetails,
  ) {
    super(`${problem}: ${details.detail}`);
    this.status = PROBLEMS[problem].status;
  }

  get type(): string {
    return PROBLEM_TYPE_PREFIX + this.problem;
  }

  get pointer(): string | undefined {
    return this.details.pointer;
  }

  get remedy(): string {
    return this.details.remedy ?? PROBLEMS[this.problem].remedy;
  }

  /** The RFC 9457 document; never carries a stack trace. */
  toJSON(): ProblemDocument {
    const { detail, pointer, extensions } = this.details;
    return {
      ...extensions,
      type: this.type,
      title: PROBLEMS[this.problem].title,
      status: this.status,
      detail,
      remedy: this.remedy,
      ...(pointer === undefined ? {} : { pointer }),
    };
  }
}

/** Shorthand for the commonest throw: `throw refuse('not-custodian', '…', '/credentialSubject/batch')`. */
export function refuse(
  problem: ProblemName,
  detail: string,
  pointer?: string,
  more: Omit<ProblemDetails, 'detail' | 'pointer'> = {},
): Problem {
  return new Problem(problem, {
    detail,
    ...(pointer === undefined ? {} : { pointer }),
    ...more,
  });
}
