import { Refusal } from '../../registry-client.js';
import type { FraudOutcome } from '../stage.js';

/**
 * Runs what must be refused. It counts as refused only when the registry answers with one of the
 * expected problems: any other error would say that the demo broke, not that the fraud failed.
 */
export async function refusedWith(
  expected: readonly string[],
  attempt: () => Promise<unknown>,
): Promise<Omit<FraudOutcome, 'name'>> {
  try {
    await attempt();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { problemName, message } = error;
    return { refused: expected.includes(problemName), problem: problemName, detail: message };
  }
  return { refused: false, problem: 'none', detail: 'the registry accepted it' };
}
