// A process of its own that appends one statement and stops itself, with the head of the log locked,
// while it decides: `node pausing-appender.js <database url> <PKCS #8 of the log's key> <statement>`.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { startToy, toyDeciders, toyItem, toyLog, type ToyStatement } from './toy-ledger.js';

const [url, pem, text] = process.argv.slice(2);
const statement = JSON.parse(text!) as ToyStatement;
const privateKey = createPrivateKey(pem!);
const log = toyLog(undefined, { privateKey, publicKey: createPublicKey(privateKey) });
let isPaused = false;

const toy = await startToy(url!, log, {
  deciders: {
    ...toyDeciders,
    decide: (state, signed, at) => {
      toyDeciders.decide(state, signed, at);
      if (!isPaused) process.kill(process.pid, 'SIGSTOP');
      isPaused = true;
    },
  },
});
try {
  console.log(JSON.stringify(await toy.sequencer.append(toyItem(statement))));
} catch (error) {
  console.log(JSON.stringify({ problem: (error as { problem?: string }).problem }));
}
await toy.stop();
