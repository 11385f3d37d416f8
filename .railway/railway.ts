// The whole deployment on Railway as code: `railway config plan` shows what would change, `railway config apply` does it.
// docs/railway.md explains each step. Read "Before the first apply" there: a plan may mark lines as destructive.
//
// Values that are the platform's defaults are left out (restart policy ON_FAILURE with 10 retries, one replica, the
// Dockerfile's path): a default that is written out shows as a change on every plan.
//
// Lines that begin with "//+ " are examples. Remove the mark to use one; tests/deploy tries them.
import { database, defineRailway, github, preserve, project, service } from "railway/iac";
//+ import { ref, volume } from "railway/iac";

// This file owns what it declares and nothing else in the environment. Without a name here, a plan deletes every service
// that is not declared. Do not change it after the first apply: what a name owns is kept by Railway.
export const partial = "big-ocean";

// The GitHub repository that is deployed: put your own here.
const repository = "your-account/big-ocean";

export default defineRailway(() => {
  // The images are pinned: what `postgres()` and `redis()` start changes with the package. For a database that exists,
  // write what it runs now. Another major version here is planned as a harmless change and is none: PostgreSQL does not
  // start on the files of another major. docs/railway.md says how to move up.
  // Both are reached over the private network only: nothing here gives them a public address.
  const postgres = database("Postgres", "postgres", {
    image: "ghcr.io/railwayapp-templates/postgres-ssl:18",
    output: "DATABASE_URL",
    defaultMountPath: "/var/lib/postgresql/data",
  });
  const redis = database("Redis", "redis", {
    image: "railwayapp/redis:8.2",
    output: "REDIS_URL",
    defaultMountPath: "/bitnami",
  });

  // For what the service writes to disk: files of crashes, which the next start reports. Railway never runs two
  // deployments on one volume, so that a service with one is down for a moment in each deploy.
  //+ const crashes = volume("bigocean-crashes", { sizeMB: 1024 });

  // checkSuites: a commit goes live only after the workflows of its push have passed.
  const source = github(repository, { branch: "main", checkSuites: true });

  const bigocean = service("bigocean", {
    source,
    build: { builder: "DOCKERFILE" },
    deploy: {
      // Runs after the build, in the new image, before any traffic; a failure keeps the old version live.
      preDeployCommand: ["bigocean migrate"],
      startCommand: "bigocean serve",
      healthcheckPath: "/ready",
      // All in seconds. The platform's own overlap and draining are 0: requests in flight would be cut off.
      healthcheckTimeout: 120,
      overlapSeconds: 10,
      drainingSeconds: 30,
    },
    // Traces of requests, deploys and model calls (docs/traces.md); the Traces page turns them on, too.
    // tracing: { enabled: true }, // `railway` 3.12.0 and CLI 5.63.0 know it; npm's newest package is 3.11.0
    //+ volumeMounts: { "/data": crashes },
    // A variable that is not named here is deleted by an apply, also one that was set with the CLI.
    env: {
      NODE_ENV: "production",
      DATABASE_URL: postgres.env.DATABASE_URL,
      // With the pooler: the direct address, for `bigocean migrate`.
      //+ DATABASE_UNPOOLED_URL: ref(postgres, "DATABASE_UNPOOLED_URL"),
      REDIS_URL: redis.env.REDIS_URL,
      // preserve(): keep the value that Railway has. Each must have one before the first apply; an empty one counts as
      // not set. docs/railway.md has the commands.
      ANTHROPIC_API_KEY: preserve(),
      SENTRY_DSN: preserve(),
      BIGOCEAN_METRICS_TOKEN: preserve(), // while it is empty, production has no /metrics
      //+ BIGOCEAN_RPC_CORS_ORIGINS: "https://app.example.com",
      //+ BIGOCEAN_SENTRY_CRASH_DIR: "/data", // with the volume
      // The edge's network, whose X-Real-IP is believed. On Railway this is the default; it is inferred, not documented.
      //+ BIGOCEAN_SERVER_EDGE_NETWORK: "100.64.0.0/10",
    },
  });

  // For work that is deferred to a time of day: a service that runs a command and ends. Times are UTC.
  //+ const later = service("bigocean-later", {
  //+   source,
  //+   build: { builder: "DOCKERFILE" },
  //+   deploy: { startCommand: "bigocean check-db", cronSchedule: "30 3 * * *", restartPolicyType: "NEVER" },
  //+   env: { DATABASE_URL: postgres.env.DATABASE_URL },
  //+ });

  return project("big-ocean", {
    resources: [
      postgres,
      redis,
      bigocean,
      //+ crashes,
      //+ later,
    ],
  });
});
