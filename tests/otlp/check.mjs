// Checks requests of OTLP over HTTP as JSON against OpenTelemetry's published schema and semantic conventions.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";

const load = createRequire(`${process.env.OTLP_TOOLS}/package.json`);
const root = load("@opentelemetry/otlp-transformer/build/src/generated/root.js");
const Request = root.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
const conventions = load("@opentelemetry/semantic-conventions/incubating");
const known = new Set(Object.entries(conventions).filter(([name]) => name.startsWith("ATTR_")).map(([, value]) => value));

const page = readFileSync(new URL("../../docs/traces.md", import.meta.url), "utf8");

// Of this service; a name of its own that the conventions know would mean something else there.
const own = /^bigocean\.[a-z_]+(\.[a-z_]+)*$/;

const faults = [];

/// JSON writes ids as hexadecimal digits where the schema has bytes, which its JSON form writes as base64.
function with_bytes(body) {
  const copy = structuredClone(body);
  for (const span of spans_of(copy)) {
    for (const name of ["traceId", "spanId", "parentSpanId"]) {
      if (name in span) span[name] = Buffer.from(span[name], "hex").toString("base64");
    }
  }
  return copy;
}

function spans_of(body) {
  return body.resourceSpans.flatMap((resource) => resource.scopeSpans.flatMap((scope) => scope.spans));
}

/// What the schema makes of the body, as JSON again. A name that it does not know, and a value of another type, comes
/// back as something else.
function through_schema(body) {
  const message = Request.fromObject(body);
  const complaint = Request.verify(message);
  if (complaint) throw new Error(complaint);
  const read = Request.decode(Request.encode(message).finish());
  return Request.toObject(read, { longs: String, enums: Number, bytes: String, json: true });
}

function check_ids(span) {
  const wants = (name, digits) => {
    if (!new RegExp(`^[0-9a-f]{${digits}}$`).test(span[name]) || /^0+$/.test(span[name]))
      faults.push(`${span.name}: ${name} is ${span[name]}`);
  };
  wants("traceId", 32);
  wants("spanId", 16);
  if ("parentSpanId" in span) wants("parentSpanId", 16);
  if (BigInt(span.endTimeUnixNano) < BigInt(span.startTimeUnixNano)) faults.push(`${span.name} ends before it begins`);
}

function check_attributes(place, attributes) {
  const names = attributes.map((one) => one.key);
  for (const name of names) {
    if (!known.has(name) && !own.test(name)) faults.push(`${place}: the conventions do not know ${name}`);
    if (place !== "resource" && !page.includes(`\`${name}\``)) faults.push(`${place}: docs/traces.md does not have ${name}`);
  }
  if (new Set(names).size !== names.length) faults.push(`${place}: an attribute stands there twice`);
}

function check_head(file, head) {
  if (!/^POST \S+ HTTP\/1\.1\r\n/.test(head)) faults.push(`${file}: the request line is ${head.split("\r\n")[0]}`);
  if (!/\r\nContent-Type: application\/json\r\n/i.test(head)) faults.push(`${file}: the type is not application/json`);
}

const folder = process.argv[2];
const bodies = readdirSync(folder).filter((name) => name.endsWith(".json"));
if (bodies.length === 0) faults.push("there is no request");
for (const name of bodies) {
  check_head(name, readFileSync(`${folder}/${name.replace(".json", ".head")}`, "utf8"));
  try {
    const body = JSON.parse(readFileSync(`${folder}/${name}`, "utf8"));
    const wanted = with_bytes(body);
    const got = through_schema(wanted);
    if (!isDeepStrictEqual(got, wanted))
      faults.push(`${name}: the schema reads it as\n${JSON.stringify(got)}\nand not as\n${JSON.stringify(wanted)}`);
    for (const { resource } of body.resourceSpans) check_attributes("resource", resource.attributes);
    for (const span of spans_of(body)) {
      check_ids(span);
      check_attributes(span.name, span.attributes ?? []);
    }
    if (spans_of(body).length === 0) faults.push(`${name}: there is no span in it`);
  } catch (error) {
    faults.push(`${name}: ${error.message}`);
  }
}
for (const fault of faults) console.log(fault);
process.exit(faults.length === 0 ? 0 : 1);
