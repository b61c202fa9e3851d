// Serves one folder on the loopback address, with byte ranges as a web server would.

import {createReadStream, realpathSync, statSync} from "node:fs";
import {createServer} from "node:http";
import {extname, join, normalize, sep} from "node:path";

const kinds = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript",
  ".m3u8": "application/vnd.apple.mpegurl", ".ts": "video/mp2t", ".m4s": "video/iso.segment",
  ".mp4": "video/mp4", ".m4a": "audio/mp4", ".vtt": "text/vtt", ".jpg": "image/jpeg",
};

/** [first, last] of a Range header, null for none, "bad" for one that cannot be met. */
function rangeOf(header, size) {
  const asked = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!asked || (asked[1] === "" && asked[2] === "")) return null;
  const first = asked[1] === "" ? Math.max(0, size - Number(asked[2])) : Number(asked[1]);
  const last = asked[1] === "" || asked[2] === "" ? size - 1 : Math.min(size - 1, Number(asked[2]));
  return first > last ? "bad" : [first, last];
}

/** Starts the server; `extra` maps further paths to text. Returns its address and how to stop it. */
export async function serve(folder, extra = {}) {
  const root = realpathSync(folder);
  const missing = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://loopback").pathname);
    if (path in extra) {
      response.writeHead(200, {"content-type": kinds[extname(path)] ?? "text/html; charset=utf-8"});
      response.end(extra[path]);
      return;
    }
    try {
      const file = realpathSync(join(root, normalize(path)));
      if (!file.startsWith(root + sep)) throw new Error("outside");
      const {size} = statSync(file);
      const range = rangeOf(request.headers.range, size);
      const head = {"content-type": kinds[extname(file)] ?? "application/octet-stream", "accept-ranges": "bytes"};
      if (range === "bad") {
        response.writeHead(416, {...head, "content-range": `bytes */${size}`});
        response.end();
      } else if (range) {
        const [first, last] = range;
        response.writeHead(206, {...head, "content-range": `bytes ${first}-${last}/${size}`, "content-length": last - first + 1});
        createReadStream(file, {start: first, end: last}).pipe(response);
      } else {
        response.writeHead(200, {...head, "content-length": size});
        createReadStream(file).pipe(response);
      }
    } catch {
      missing.push(path);
      response.writeHead(404);
      response.end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const stop = () => {
    server.closeAllConnections?.();
    server.close();
  };
  return {address: `http://127.0.0.1:${server.address().port}`, missing, stop};
}
