// Does jobs that do nothing. Says a line for each thing that the benchmark waits for.
// worker.js SOCKET CONCURRENCY HOLD_MS: "ready"; "begun <id> <attempt> <unix ms>" if HOLD_MS > 0, else
// "latency <ms>" for a job that tells when it was sent; "done <count>" every 100 jobs.
import { Worker } from "bullmq";

const [path, concurrency, holdMs] = process.argv.slice(2);
const connection = { path, maxRetriesPerRequest: null };
const now = () => performance.timeOrigin + performance.now();
let done = 0;
const worker = new Worker(
  "work",
  async (job) => {
    if (job.data.sent) console.log("latency", now() - job.data.sent);
    if (Number(holdMs) > 0) {
      console.log("begun", job.id, job.attemptsStarted, now());
      await new Promise((resolve) => setTimeout(resolve, Number(holdMs)));
    }
  },
  { connection, concurrency: Number(concurrency), removeOnComplete: { count: 1000 } },
);
worker.on("completed", () => {
  if (++done % 100 === 0) console.log("done", done);
});
await worker.waitUntilReady();
console.log("ready");
