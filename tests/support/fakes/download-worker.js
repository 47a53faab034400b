// The download worker with a network that the test's page answers, over a BroadcastChannel.
import '../../../src/lib/sync/worker/download.worker';

const wire = new BroadcastChannel('fake-relay');
const waiting = new Map();
let number = 0;

wire.onmessage = ({ data }) => {
  if (data.refusedWith !== undefined)
    for (const method of ['add', 'put'])
      IDBObjectStore.prototype[method] = () => {
        throw new DOMException('refused by a test', data.refusedWith);
      };
  if (data.to !== undefined) {
    waiting.get(data.to)?.(data.answer);
    waiting.delete(data.to);
  }
};

globalThis.fetch = (url, init) =>
  new Promise((resolve, reject) => {
    number += 1;
    waiting.set(number, (answer) => {
      // ends without a message, as when the browser terminates a worker
      if (answer === 'die') self.close();
      else if (answer === 'cut') reject(new TypeError('Failed to fetch'));
      else resolve(Response.json(answer.json, { status: answer.status }));
    });
    const token = init.headers.Authorization ?? null;
    wire.postMessage({ number, url: String(url), token });
  });
