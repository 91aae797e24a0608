import http from 'node:http';

/** What was answered to one request. */
export interface Answer {
  status: number;
  text: string;
}

/** A connection for each request that is under way: one that waits keeps nobody else from sending. */
const agent = new http.Agent({ keepAlive: true, maxFreeSockets: 4_096 });

/** Posts JSON and waits so long at most; costs the sender little, so that it can send much. */
export function postJson(url: string, body: Uint8Array, patienceMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const request = http.request(url, { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      answer.on('error', reject).on('end', () => {
        clearTimeout(late);
        resolve({ status: answer.statusCode!, text });
      });
    });
    const late = setTimeout(() => request.destroy(new Error('no answer')), patienceMs);
    request.on('error', (error) => {
      clearTimeout(late);
      reject(error);
    });
    request.end(body);
  });
}
