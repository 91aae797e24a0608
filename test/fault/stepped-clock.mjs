// Loaded into a registry before it starts (node --import): the process's own clock, which the test
// steps over the child's IPC channel. Timers and performance.now() run on, as they do when an
// operator sets the clock of a machine.
const RealDate = Date;
let step = 0;

globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + step);
    else super(...given);
  }

  static now() {
    return RealDate.now() + step;
  }
};

process.on('message', ({ clockStepMs }) => {
  if (clockStepMs === undefined) return;
  step = clockStepMs;
  process.send({ clockStepMs });
});
process.channel?.unref();
