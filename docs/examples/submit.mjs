// Gives a job to Video Doc and waits for its end. Needs zeromq (npm install zeromq).
//
//     node submit.mjs /films/talk.mp4 [tcp://127.0.0.1:5555 [tcp://127.0.0.1:5556]]
//
// With keys: VIDEO_DOC_IDENTITY names the file that `video-doc key create` has made.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import * as zmq from "zeromq";

const [source, requests = "tcp://127.0.0.1:5555", events = "tcp://127.0.0.1:5556"] = process.argv.slice(2);
const ends = ["succeeded", "failed", "cancelled"];

// Encrypts the connection, where the service asks for keys.
function identity() {
  const file = process.env.VIDEO_DOC_IDENTITY;
  if (!file) return {};
  const keys = Object.fromEntries([...readFileSync(file, "utf8").matchAll(/^(\w+) = "(.*)"$/gm)].map((m) => [m[1], m[2]]));
  return { curveServerKey: keys.server_key, curvePublicKey: keys.public_key, curveSecretKey: keys.secret_key };
}

let socket;
function connect() {
  socket?.close();
  socket = new zmq.Dealer({ linger: 0, receiveTimeout: 5_000, ...identity() });
  socket.connect(requests);
}

// Asks again on a new connection when there is no answer: that is what idempotency keys are for.
async function ask(verb, body, tries = 10) {
  for (let number = 0; number < tries; ++number) {
    if (!socket || number) connect();
    const request = randomUUID();
    await socket.send(["VDOC1", request, verb, JSON.stringify(body)]);
    try {
      for (;;) {
        const [, answered, code, answer] = await socket.receive();
        if (answered.toString() !== request) continue;
        const said = JSON.parse(answer.toString());
        if (code.toString() === "OK") return said;
        if (!["busy", "over_quota"].includes(code.toString())) throw new Error(said.error.message);
        await new Promise((wake) => setTimeout(wake, said.error.retry_after_ms ?? 500));
        break;
      }
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
  throw new Error(`no answer from ${requests}`);
}

const job = { source, idempotency_key: randomUUID(), labels: { by: "submit.mjs" } };
if (source === "noop:") job.kind = "noop";
const { id } = await ask("SUBMIT", job);
console.log(id);

// An event says when to look; in case one was missed, look now and then anyway.
const news = new zmq.Subscriber({ linger: 0, receiveTimeout: 2_000, ...identity() });
news.connect(events);
news.subscribe(`job.${id}.`);
let state;
while (!ends.includes((state = (await ask("STATUS", { id })).state))) {
  try {
    for (;;) {
      const [topic, , body] = await news.receive();
      if (topic.toString().endsWith(".state")) break;
      console.log(topic.toString(), body.toString());
    }
  } catch (error) {
    if (error.code !== "EAGAIN") throw error;
  }
}
console.log(state);
process.exit(state === "succeeded" ? 0 : 1);
