// Uploads a file with tus-js-client, a client of tus that we did not write.
//
//   node tus_upload.mjs http://127.0.0.1:8080 FILE '{"job": {...}, "chunk": 1048576, "stop_at": 3000000}'
//
// With "url" it goes on with an upload that is there. Every line it writes is a JSON object: "url" and
// "job" once it knows them, "offset" for each piece that was taken, then "done" or "stopped".
import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { Upload } from 'tus-js-client';

const [base, file, given] = process.argv.slice(2);
const options = JSON.parse(given ?? '{}');
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

const upload = new Upload(createReadStream(file), {
  endpoint: `${base}/api/v1/uploads`,
  uploadUrl: options.url ? new URL(options.url, base).href : null,
  uploadSize: statSync(file).size,
  chunkSize: options.chunk ?? 1024 * 1024,
  retryDelays: options.retry ?? null,
  storeFingerprintForResuming: false,
  metadata: {
    filename: basename(file),
    ...(options.job ? { job: JSON.stringify(options.job) } : {}),
  },
  onAfterResponse(request, response) {
    if (request.getMethod() === 'POST')
      say({ url: response.getHeader('Location'), job: response.getHeader('Job-Id') });
  },
  onChunkComplete(size, accepted) {
    say({ offset: accepted });
    if (options.stop_at && accepted >= options.stop_at) {
      upload.abort();
      say({ stopped: accepted });
      process.exit(0);
    }
  },
  onSuccess() {
    say({ done: true });
  },
  onError(error) {
    say({ error: error.message });
    process.exit(1);
  },
});
upload.start();
