// submit.js SOCKET JOBS BULK EVERY_MS: adds that many jobs, BULK at a time, or one every EVERY_MS. Prints how
// many milliseconds that took.
import { Queue } from "bullmq";

const [path, jobs, bulk, everyMs] = process.argv.slice(2).map((it, i) => (i ? Number(it) : it));
const queue = new Queue("work", { connection: { path } });
const now = () => performance.timeOrigin + performance.now();
await queue.waitUntilReady();
const begin = now();
if (everyMs > 0) {
  for (let i = 0; i < jobs; ++i) {
    await queue.add("noop", { sent: now() });
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
} else {
  for (let i = 0; i < jobs; i += bulk)
    await queue.addBulk(Array.from({ length: bulk }, () => ({ name: "noop", data: {} })));
}
console.log(now() - begin);
await queue.close();
