// Serves a folder over HTTP to tests of sources that are URLs, and misbehaves where it is asked to.
//
//   /files/NAME       the file, with ranges
//   /hang/NAME        takes the request and never answers
//   /stall/NAME       sends half of the file, then nothing more, and stays open
//   /stall-once/NAME  the same for the first time, later the file
//   /cut/NAME         sends half of the file, then hangs up
//   /gone/NAME        404
//   /to-private       redirects to an address of a private network
//   /to-file          redirects to file:///etc/hostname
//   /round            redirects to itself
//
// Usage: node source_server.mjs FOLDER [KEY CERTIFICATE]; prints its port and serves until it is
// killed, over TLS with a certificate.

import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { basename, join } from 'node:path';

const [, , folder, key, certificate] = process.argv;

function createServer(answer) {
  if (!certificate) return createPlainServer(answer);
  return createTlsServer({ key: readFileSync(key), cert: readFileSync(certificate) }, answer);
}

function send(request, response, file) {
  const size = statSync(file).size;
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const begin = range ? Number(range[1]) : 0;
  const end = range && range[2] !== '' ? Math.min(Number(range[2]), size - 1) : size - 1;
  if (begin >= size) {
    response.writeHead(416, { 'Content-Range': `bytes */${size}` }).end();
    return;
  }
  response.writeHead(range ? 206 : 200, {
    'Accept-Ranges': 'bytes',
    'Content-Length': end - begin + 1,
    ...(range && { 'Content-Range': `bytes ${begin}-${end}/${size}` }),
  });
  if (request.method === 'HEAD') response.end();
  else createReadStream(file, { start: begin, end }).pipe(response);
}

function sendHalf(response, file, thenHangUp) {
  const size = statSync(file).size;
  response.writeHead(200, { 'Content-Length': size });
  const half = createReadStream(file, { end: Math.floor(size / 2) });
  half.on('end', () => thenHangUp && response.destroy());
  half.pipe(response, { end: false });
}

let stalled = false;

const server = createServer((request, response) => {
  const [, what, name] = request.url.split('/');
  const file = join(folder, basename(decodeURIComponent(name ?? '')));
  const redirect = (to) => response.writeHead(302, { Location: to }).end();
  if (what === 'files') send(request, response, file);
  else if (what === 'stall-once' && stalled) send(request, response, file);
  else if (what === 'stall-once') {
    stalled = true;
    sendHalf(response, file, false);
  } else if (what === 'stall') sendHalf(response, file, false);
  else if (what === 'cut') sendHalf(response, file, true);
  else if (what === 'to-private') redirect('http://10.255.255.1/video.mp4');
  else if (what === 'to-file') redirect('file:///etc/hostname');
  else if (what === 'round') redirect('/round');
  else if (what !== 'hang') response.writeHead(404).end();
});

server.listen(0, '127.0.0.1', () => console.log(server.address().port));
