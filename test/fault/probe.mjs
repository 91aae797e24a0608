// Loaded into a registry before it starts (node --import): measures from within what nobody can see
// from outside, and tells it to the test over the child's IPC channel.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();

process.on('message', (message) => {
  if (message !== 'measure') return;
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const milliseconds = (nanoseconds) => nanoseconds / 1e6;
  process.send({
    longestDelayMs: milliseconds(delay.max),
    usualDelayMs: milliseconds(delay.percentile(99)),
    rss,
    heapUsed,
    external: external + arrayBuffers,
  });
  delay.reset();
});
// Listening must not keep a registry alive that was told to stop.
process.channel?.unref();
