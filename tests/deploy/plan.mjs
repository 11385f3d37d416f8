// What an apply of railway.ts would change in an environment: our own comparison, not Railway's planner, which needs an
// account. It follows the rules of the planner's source, https://github.com/railwayapp/cli, src/iac/change_set.rs (diff_graphs,
// diff_variables, normalize_for_diff) and src/iac/partial.rs.

/// The platform's defaults, by part and key: as normalize_for_diff drops them, and, for the restart policy, as the tool's
/// issue 1184 has it. What is written out although it is the default shows as a change on every plan of some version.
export const platform_defaults = {
  source: { checkSuites: false, rootDirectory: "" },
  build: { builder: "RAILPACK", buildEnvironment: "V3", buildCommand: "", dockerfilePath: "Dockerfile" },
  deploy: {
    numReplicas: 1,
    restartPolicyType: "ON_FAILURE",
    restartPolicyMaxRetries: 10,
    // https://docs.railway.com/config-as-code/reference: what a service has when nothing is said.
    healthcheckTimeout: 300,
    overlapSeconds: 0,
    drainingSeconds: 0,
    sleepApplication: false,
    // Not written by hand; read back by the tool.
    runtime: "V2",
    useLegacyStacker: false,
    ipv6EgressEnabled: false,
  },
};

/// Read back by the tool, and never part of a file.
const read_back_only = { source: ["commitSha", "upstreamUrl"], deploy: ["requiredMountPath"] };

const same = (one, other) => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

function sorted(value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value ?? null;
  return Object.fromEntries(Object.entries(value).sort().map(([key, child]) => [key, sorted(child)]));
}

/// One region with one replica is what every service has.
const is_one_replica = (regions) =>
  Object.values(regions).length === 1 && Object.values(regions).every(({ numReplicas }) => numReplicas === 1);

/// A part of a resource without what is the platform's default.
export function without_defaults(part, value = {}) {
  const left = Object.entries(value ?? {}).filter(
    ([key, child]) =>
      child !== null &&
      !same(platform_defaults[part]?.[key] ?? null, child) &&
      !(part === "source" && key === "branch" && child === "main") &&
      !read_back_only[part]?.includes(key) &&
      !(key === "multiRegionConfig" && is_one_replica(child)),
  );
  return Object.fromEntries(left);
}

/// "postgres:18" of "ghcr.io/railwayapp-templates/postgres-ssl:18", as normalize_image_tag has it: by major.
function engine_and_major(image = "") {
  const match = image.match(/^(?:railwayapp\/|ghcr\.io\/railwayapp-templates\/)?(redis|mysql|mongo|postgres)(?:-ssl)?:(\d+)/);
  return match === null ? image : `${match[1]}:${match[2]}`;
}

/// The text that a variable gets on the platform; undefined for preserve(), which sets nothing.
function text_of(variable, names) {
  if (variable.type === "literal") return variable.value;
  if (variable.type === "reference") return `\${{${names.get(variable.resource) ?? variable.resource}.${variable.output}}}`;
  return undefined;
}

function variable_changes(resource, live, names) {
  const changes = [];
  const now = live.variables ?? {};
  for (const [name, variable] of Object.entries(resource.variables ?? {})) {
    const text = text_of(variable, names);
    if (text === undefined && !(name in now)) {
      changes.push({ what: `preserve ${resource.name}.${name}: Railway has no such variable`, refused: true });
    } else if (text !== undefined && text !== now[name]) {
      changes.push({ what: `${name in now ? "update" : "set"} variable ${resource.name}.${name}` });
    }
  }
  for (const name of Object.keys(now)) {
    if (name in (resource.variables ?? {})) continue;
    changes.push({ what: `delete variable ${resource.name}.${name}`, destructive: true });
  }
  return changes;
}

/// The planner calls this one harmless. It is not: a server does not start on the files of another major, see
/// https://docs.railway.com/databases/postgresql-major-upgrade, "Manual image edits".
function database_changes(resource, live) {
  const [here, there] = [engine_and_major(resource.image), engine_and_major(live.image)];
  if (here === there) return [];
  return [{ what: `change the image of ${resource.name} from ${there} to ${here}`, destructive: true }];
}

function service_changes(resource, live, names) {
  const changes = variable_changes(resource, live, names);
  for (const part of ["source", "build", "deploy"]) {
    const [now, then] = [live[part], resource[part]].map((value) => without_defaults(part, value));
    // What the tool reads back as nothing although it was written (issue 1184) stays a change.
    for (const key of Object.keys(resource[part] ?? {})) {
      if (key.startsWith("restartPolicy")) then[key] = resource[part][key];
    }
    for (const key of new Set([...Object.keys(now), ...Object.keys(then)])) {
      if (same(now[key], then[key])) continue;
      changes.push({ what: `update ${resource.name} ${part}.${key} (${JSON.stringify(now[key])} → ${JSON.stringify(then[key])})` });
    }
  }
  if (!same(live.volumeAttachments, resource.volumeAttachments)) {
    changes.push({ what: `update ${resource.name} volumeAttachments`, destructive: live.volumeAttachments !== undefined });
  }
  return changes;
}

/// The changes, each { what, destructive?, refused? }, that an apply would make. `environment`: { resources, owners }, as in
/// railway_environment.json.
export function plan({ partial, project }, environment) {
  const live = new Map(environment.resources.map((one) => [one.address, one]));
  const names = new Map(project.resources.map(({ address, name }) => [address, name]));
  const owner_of = (address) => environment.owners[address];
  const changes = [];
  for (const resource of project.resources) {
    const there = live.get(resource.address);
    const owner = owner_of(resource.address);
    if (owner !== undefined && owner !== (partial ?? "*")) {
      changes.push({ what: `${resource.address} is owned by partial ${owner}`, refused: true });
    } else if (there === undefined) {
      const kept = Object.entries(resource.variables ?? {}).find(([, variable]) => variable.type === "preserve");
      // https://github.com/railwayapp/railway-ts-sdk/issues/31
      if (kept) changes.push({ what: `create ${resource.address}: there is no ${kept[0]} to preserve`, refused: true });
      changes.push({ what: `create ${resource.address}` });
    } else if (resource.type === "database") {
      changes.push(...database_changes(resource, there));
    } else if (resource.type === "service") {
      changes.push(...service_changes(resource, there, names));
    }
  }
  for (const { address, type } of environment.resources) {
    if (names.has(address) || type === "volume") continue; // volumes are never deleted
    if (partial !== undefined && owner_of(address) !== partial) continue;
    changes.push({ what: `delete ${address}`, destructive: true });
  }
  return changes;
}
