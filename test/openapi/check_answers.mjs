// Checks answers of the service against its OpenAPI document:
//
//     node check_answers.mjs openapi.yaml answers.jsonl
//
// A line is {"method", "path", "status", "type", "body"}, the body as text. Says what is wrong, one line each, and
// which operations had no success or no refusal; then it ends with 1.

import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import yaml from "js-yaml";

const [documentFile, answersFile] = process.argv.slice(2);
const document = yaml.load(readFileSync(documentFile, "utf8"));
const answers = readFileSync(answersFile, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));

// Cannot happen to a node that is alone: it has nobody to hand the lead over to.
const withoutSuccess = ["drainNode"];

const at = (reference) =>
  reference
    .slice(2)
    .split("/")
    .reduce((from, name) => from[name.replaceAll("~1", "/").replaceAll("~0", "~")], document);
const resolved = (what) => (what?.$ref ? resolved(at(what.$ref)) : what);

// The schema without references, in which an object has no fields but those that are said.
function closed(schema, isPart = false) {
  schema = resolved(schema);
  if (Array.isArray(schema)) return schema.map((one) => closed(one, isPart));
  if (typeof schema !== "object" || schema === null) return schema;
  const made = { ...schema };
  for (const name of ["description", "default", "example"]) delete made[name];
  if (made.properties)
    made.properties = Object.fromEntries(Object.entries(made.properties).map(([name, one]) => [name, closed(one)]));
  for (const name of ["items", "additionalProperties"])
    if (typeof made[name] === "object") made[name] = closed(made[name]);
  for (const name of ["allOf", "oneOf", "anyOf"]) if (made[name]) made[name] = closed(made[name], name === "allOf");
  const saysFields = made.properties || made.allOf?.some((one) => one.properties || one.allOf);
  if (saysFields && !isPart && made.additionalProperties === undefined) made.unevaluatedProperties = false;
  return made;
}

const ajv = new Ajv({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  allErrors: true,
  formats: {
    uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
    uri: /^[a-z][a-z0-9+.-]*:\S*$/,
    binary: true,
  },
});
const compiled = new Map();
function wrongIn(schema, value) {
  if (!compiled.has(schema)) compiled.set(schema, ajv.compile(closed(schema)));
  const check = compiled.get(schema);
  return check(value) ? [] : check.errors.map((one) => `${one.instancePath || "the body"} ${one.message} ${JSON.stringify(one.params)}`);
}

const methods = ["get", "put", "post", "delete", "options", "head", "patch"];
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  methods.filter((method) => item[method]).map((method) => ({ path, method, ...item[method] })),
);
const parts = (path) => path.split("/");
// Some paths are longer than their pattern: {path} has slashes. The one with the fewest names is meant.
function operationOf({ method, path }) {
  const asked = parts(path.split("?")[0]);
  const fits = ({ path: pattern }) => {
    const expected = parts(pattern);
    const isOpen = expected.at(-1) === "{path}";
    return (
      (isOpen ? asked.length >= expected.length : asked.length === expected.length) &&
      expected.every((one, index) => one.startsWith("{") || one === asked[index])
    );
  };
  const names = ({ path: pattern }) => (pattern.match(/\{/g) ?? []).length;
  return operations
    .filter((one) => one.method === method.toLowerCase() && fits(one))
    .sort((one, other) => names(one) - names(other))[0];
}

function wrongOf(operation, { status, type, body }) {
  const { responses } = operation;
  const answer = resolved(responses[status] ?? responses[`${Math.floor(status / 100)}XX`]);
  if (!answer) return [`status ${status} is not in the document`];
  const content = answer.content ?? {};
  if (operation.method === "head") return body ? ["HEAD has a body"] : [];
  if (!body) return Object.keys(content).length ? ["the body is missing"] : [];
  const plain = type.split(";")[0].trim();
  const media = content[plain] ?? content["*/*"];
  if (!media) return [`type "${plain}" of status ${status} is not in the document`];
  if (!plain.endsWith("json")) return [];
  try {
    return wrongIn(media.schema, JSON.parse(body));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return ["the body is no JSON"];
  }
}

const wrong = [];
const seen = new Map(operations.map((one) => [one.operationId, { success: 0, refusal: 0 }]));
for (const answer of answers) {
  const call = `${answer.method} ${answer.path} -> ${answer.status}`;
  const operation = operationOf(answer);
  if (!operation) {
    wrong.push(`${call}: there is no such operation`);
    continue;
  }
  ++seen.get(operation.operationId)[answer.status < 400 ? "success" : "refusal"];
  for (const one of wrongOf(operation, answer)) wrong.push(`${call}: ${one}\n    ${answer.body.slice(0, 400)}`);
}
for (const { operationId, security } of operations) {
  const { success, refusal } = seen.get(operationId);
  const isOpen = security?.length === 1 && Object.keys(security[0]).length === 0; // asks for no token
  if (!success && !withoutSuccess.includes(operationId)) wrong.push(`${operationId}: no success was tried`);
  if (!refusal && !isOpen) wrong.push(`${operationId}: no refusal was tried`);
}
for (const one of wrong) console.log(one);
console.log(`${answers.length} answers of ${operations.length} operations, ${wrong.length} wrong`);
process.exit(wrong.length ? 1 : 0);
