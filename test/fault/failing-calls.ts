import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** What is to befall which system call, and at the how-manieth of each traced thread (strace(1), inject=). */
export interface Injection {
  call: string;
  /** `error=EIO`, `signal=KILL`. */
  fault: string;
  when: number;
}

/** Traced processes, one of whose calls is to fail. */
export interface Tracing {
  /** Resolves when the fault has struck, or the tracer has nobody left to trace. */
  struck: Promise<void>;
  /** Whether it struck at all. */
  readonly hasStruck: boolean;
  /** Lets go of them. */
  end(): Promise<void>;
}

/** Why no process can be traced here; undefined when one can. */
export function whyUntraceable(): string | undefined {
  const probe = ['-e', 'trace=fdatasync', '-e', 'inject=fdatasync:error=EIO', 'true'];
  const { error, status, stderr } = spawnSync('strace', probe, { encoding: 'utf8' });
  if (error) return 'strace is not installed';
  return status === 0 ? undefined : `strace may not trace: ${stderr.trim().split('\n')[0]}`;
}

/** Makes a call of running processes fail, with all their threads; resolves when they are traced. */
export async function failCall(pids: readonly number[], injection: Injection): Promise<Tracing> {
  const { call, fault, when } = injection;
  const tracer = spawn(
    'strace',
    [
      '-f',
      ...pids.flatMap((pid) => ['-p', String(pid)]),
      '-e',
      `trace=${call}`,
      '-e',
      `inject=${call}:${fault}:when=${when}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = once(tracer, 'exit');
  let said = '';
  let hasStruck = false;
  let tellStruck: () => void;
  const struck = Promise.race([new Promise<void>((resolve) => (tellStruck = resolve)), ended]);
  const attached = new Promise<void>((resolve) => {
    tracer.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000);
      if (/ attached/.test(said)) resolve();
      // A call that a signal ended never comes back to be marked.
      hasStruck ||= /\(INJECTED\)|killed by SIGKILL/.test(said);
      if (hasStruck) tellStruck();
    });
  });
  await Promise.race([attached, ended]);
  return {
    struck: struck.then(() => undefined),
    get hasStruck() {
      return hasStruck;
    },
    async end() {
      tracer.kill('SIGINT');
      // It may wait for ever for a thread that died under its hands.
      const late = setTimeout(() => tracer.kill('SIGKILL'), 3_000);
      await ended;
      clearTimeout(late);
    },
  };
}
