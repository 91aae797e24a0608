/** One RFC 9457 problem type: its status, its short title and what the reader can do about it. */
export interface ProblemType {
  readonly status: number;
  readonly title: string;
  readonly remedy: string;
}

/** A row of the registry: status, title, remedy. */
export const problemType = (status: number, title: string, remedy: string): ProblemType => ({
  status,
  title,
  remedy,
});
