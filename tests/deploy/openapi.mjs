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

function compile_schemas(document) {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  // What OpenAPI adds to a schema's surroundings is no keyword of a schema.
  for (const word of ["openapi", "info", "servers", "paths", "components"]) ajv.addKeyword(word);
  (formats.default ?? formats)(ajv);
  ajv.addSchema(document, "api");
  for (const name of Object.keys(document.components.schemas)) ajv.getSchema(`api#/components/schemas/${name}`);
  for (const { post } of Object.values(document.paths)) {
    const bodies = [post.requestBody, ...Object.values(post.responses)];
    for (const { content } of bodies) {
      for (const { schema } of Object.values(content)) {
        ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')));
      }
    }
  }
}

function operation_faults(document) {
  const known = Object.keys(document.components.securitySchemes);
  const names = new Set();
  const found = [];
  for (const [path, { post }] of Object.entries(document.paths)) {
    if (names.has(post.operationId)) found.push(`${path}: its operationId is another's`);
    names.add(post.operationId);
    for (const name of post.security.flatMap(Object.keys)) {
      if (!known.includes(name)) found.push(`${path}: there is no security scheme ${name}`);
    }
  }
  return found;
}

const mutations = [
  ["another version", '"openapi": "3.1.0"', '"openapi": "9.1.0"', /openapi|version/i],
  ["a misspelt member", '"operationId": "GetProfile"', '"operationID": "GetProfile"', /unevaluated/i],
  ["a place that no parameter has", '"in": "header"', '"in": "heading"', /enum|allowed values|in/],
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
