// An S3 server on loopback for tests: s3rver behind a relay that does harm where it is asked to.
//
//   /.control/refuse/N    the next N requests are answered 503 SlowDown
//   /.control/mangle/N    "MANGLE ME" in the next N requests arrives as "MANGLED!!"
//   /.control/die/BYTES   the process kills itself once clients have sent so many bytes more
//   /.control/hold/NAME   the next upload of an object NAME (what follows the last slash) is kept back
//                         on its way, until /.control/release; others pass
//   /.control/hold_list/1 the same of the next request for a list
//   /.control/seen        as JSON {puts: {path: times}, held: 0, mangled: [paths]}: the SHA-256
//                         was not as signed; also of requests that were refused before they were read
//
// s3rver lets any signature of version 4 pass, so they are looked at here, by the rules that Amazon
// has published. It makes tokens for lists with DES: node needs --openssl-legacy-provider.
//
// Usage: node s3_server.mjs FOLDER PORT; port 0 is any. Prints the port; has the bucket "films";
// who asks is S3RVER with the secret S3RVER.

import { createHash, createHmac } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createServer as createHttp } from 'node:http';
import { connect, createServer } from 'node:net';
import { dirname } from 'node:path';
import S3rver from 's3rver';

const [folder, port] = process.argv.slice(2);
let aside = 0;
let refuse = 0;
let mangle = 0;
let bytesLeft = Infinity;
let hold;
let holdList = false;
const held = [];
const puts = {};
const mangled = [];
const secrets = { S3RVER: 'S3RVER' };

const s3 = new S3rver({
  directory: folder,
  silent: true,
  resetOnClose: false,
  configureBuckets: [{ name: 'films' }],
});
await s3.configureBuckets();
const answer = s3.callback();

/// s3rver writes an object while it arrives; S3 shows it as a whole or not at all.
const { store } = s3;
store.putObject = async (object) => {
  const pieces = [];
  if (Buffer.isBuffer(object.content)) pieces.push(object.content);
  else for await (const piece of object.content) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  const path = store.getResourcePath(object.bucket, object.key, 'object');
  await mkdir(dirname(path), { recursive: true });
  const whole = `${path}.${(aside += 1)}.aside`;
  await writeFile(whole, bytes);
  await rename(whole, path);
  const md5 = createHash('md5').update(bytes).digest('hex');
  await store.putMetadata(object.bucket, object.key, object.metadata, md5);
  return { size: bytes.length, md5 };
};

function control(what, argument, response) {
  const count = Number(argument);
  if (what === 'hold') hold = argument;
  if (what === 'hold_list') holdList = true;
  if (what === 'release') held.splice(0).forEach((goOn) => goOn());
  if (what === 'refuse') refuse = count;
  if (what === 'mangle') mangle = count;
  if (what === 'die') bytesLeft = count;
  response.end(JSON.stringify({ puts, held: held.length, mangled }));
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const encode = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/// What is wrong with who asks, as a code of S3; undefined: nothing.
function complaint(request) {
  const authorization = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/
    .exec(request.headers.authorization ?? '');
  if (!authorization) return 'AccessDenied';
  const [, who, day, region, names, signature] = authorization;
  if (!secrets[who]) return 'InvalidAccessKeyId';
  const [path, query = ''] = request.url.split('?');
  const pairs = query.split('&').filter((one) => one !== '').map((one) => {
    const [name, value = ''] = one.split('=');
    return `${encode(decodeURIComponent(name))}=${encode(decodeURIComponent(value))}`;
  });
  const unsigned = Object.keys(request.headers)
    .filter((name) => name === 'host' || name.startsWith('x-amz-'))
    .filter((name) => !names.split(';').includes(name));
  if (unsigned.length > 0) return 'AccessDenied';
  const canonical = [
    request.method,
    path.split('/').map((part) => encode(decodeURIComponent(part))).join('/'),
    pairs.sort().join('&'),
    ...names.split(';').map((name) => `${name}:${request.headers[name].trim()}`),
    '',
    names,
    request.headers['x-amz-content-sha256'],
  ].join('\n');
  const time = request.headers['x-amz-date'];
  const scope = `${day}/${region}/s3/aws4_request`;
  const key = [day, region, 's3', 'aws4_request'].reduce(hmac, `AWS4${secrets[who]}`);
  const wanted = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n'));
  return wanted.toString('hex') === signature ? undefined : 'SignatureDoesNotMatch';
}

function refuseWith(request, response, status, code) {
  request.resume();
  response.writeHead(status, { 'Content-Type': 'application/xml', Connection: 'close' });
  response.end(
    request.method === 'HEAD' ? '' : `<Error><Code>${code}</Code><Message>No</Message></Error>`);
}

/// Looks at the bytes of a body on their way.
function watchBody(request) {
  const hash = createHash('sha256');
  const push = request.push.bind(request);
  request.push = (bytes, ...more) => {
    if (bytes) hash.update(bytes);
    else if (request.complete && hash.digest('hex') !== request.headers['x-amz-content-sha256']) mangled.push(request.url);
    return push(bytes, ...more);
  };
}

const inner = createHttp((request, response) => {
  const [, first, what, count] = request.url.split('/');
  if (first === '.control') return control(what, count, response);
  if (request.method === 'PUT') {
    puts[request.url] = (puts[request.url] ?? 0) + 1;
    watchBody(request);
  }
  if (refuse > 0) {
    refuse -= 1;
    return refuseWith(request, response, 503, 'SlowDown');
  }
  const wrong = complaint(request);
  if (wrong) return refuseWith(request, response, 403, wrong);
  return answer(request, response);
});
inner.keepAliveTimeout = 60_000;

function passOn(bytes) {
  bytesLeft -= bytes.length;
  if (bytesLeft <= 0) process.kill(process.pid, 'SIGKILL');
  const at = mangle > 0 ? bytes.indexOf('MANGLE ME') : -1;
  if (at >= 0) {
    mangle -= 1;
    bytes.write('MANGLED!!', at);
  }
  return bytes;
}

inner.listen(0, '127.0.0.1', () => {
  const relay = createServer((client) => {
    const server = connect(inner.address().port, '127.0.0.1');
    client.on('data', (bytes) => {
      const text = hold || holdList ? bytes.toString('latin1') : '';
      const upload = hold && text.match(/^PUT [^ ]*\/([^ /]+) HTTP/m);
      const isHeld = (upload && upload[1] === hold) || (holdList && /^GET [^ ]*list-type=2/m.test(text));
      if (!isHeld) return server.write(passOn(bytes));
      if (upload) hold = undefined;
      else holdList = false;
      client.pause();
      held.push(() => {
        server.write(passOn(bytes));
        client.resume();
      });
      return false;
    });
    client.on('end', () => server.end());
    server.pipe(client);
    const end = () => [client, server].forEach((one) => one.destroy());
    client.on('error', end);
    server.on('error', end);
    client.on('close', end);
  });
  relay.listen(Number(port), '127.0.0.1', () => console.log(relay.address().port));
});
