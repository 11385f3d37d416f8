// docs/openapi.json is checked by a validator of OpenAPI 3.1, and every schema in it is compiled as JSON Schema 2020-12
// in strict mode. That it is what the service serves is tested in tests/unit/rpc.
import assert from "node:assert/strict";

import { catches, load, read, test } from "./support.mjs";

const { Validator } = load("@seriousme/openapi-schema-validator");
const { Ajv2020 } = load("ajv/dist/2020");
const formats = load("ajv-formats");

/// What is wrong with a document, in words.
async function complaints(text) {
  const document = JSON.parse(text);
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  if (!valid) return [JSON.stringify(errors)];
  assert.equal(validator.version, "3.1");
  try {
    validator.resolveRefs();
    compile_schemas(document);
    return operation_faults(document);
  } catch (error) {
    return [String(error.message)];
  }
}

/// Every operation with its path, whatever its method.
function operations(document) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, operation })));
}

function compile_schemas(document) {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  // What OpenAPI adds to a schema's surroundings is no keyword of a schema.
  for (const word of ["openapi", "info", "servers", "tags", "paths", "components", "discriminator"]) ajv.addKeyword(word);
  (formats.default ?? formats)(ajv);
  ajv.addSchema(document, "api");
  for (const name of Object.keys(document.components.schemas)) ajv.getSchema(`api#/components/schemas/${name}`);
  for (const { operation } of operations(document)) {
    const bodies = [operation.requestBody, ...Object.values(operation.responses)];
    for (const body of bodies) {
      for (const { schema } of Object.values(body?.content ?? {})) {
        ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')));
      }
    }
  }
}

function operation_faults(document) {
  const known = Object.keys(document.components.securitySchemes);
  const names = new Set();
  const found = [];
  for (const { path, operation } of operations(document)) {
    if (names.has(operation.operationId)) found.push(`${path}: its operationId is another's`);
    names.add(operation.operationId);
    for (const name of operation.security.flatMap(Object.keys)) {
      if (!known.includes(name)) found.push(`${path}: there is no security scheme ${name}`);
    }
  }
  return found;
}

const mutations = [
  ["another version", '"openapi": "3.1.0"', '"openapi": "9.1.0"', /openapi|version/i],
  ["a misspelt member", '"operationId": "GetProfile"', '"operationID": "GetProfile"', /unevaluated/i],
  ["a place that no parameter has", '"name": "Idempotency-Key",\n            "in": "header"', '"name": "Idempotency-Key",\n            "in": "heading"', /enum|allowed values|in/],
  ["a reference into nothing", "#/components/schemas/CallCost\"", "#/components/schemas/CallCosts\"", /CallCosts/],
  ["a pattern that is none", '"^[PGO][FBD][IAE][CNW][RTS]$"', '"^[PGO][FBD][IAE][CNW][RTS$"', /regular expression|regex/i],
  ["an operation named as another", '"operationId": "GetProfile"', '"operationId": "GetResults"', /another's/],
];

export async function openapi_tests() {
  const text = read("docs/openapi.json");
  await test("docs/openapi.json: valid OpenAPI 3.1, its schemas valid and strict", async () => {
    assert.deepEqual(await complaints(text), []);
  });
  await catches(text, mutations, complaints);
}
