// The whole deployment on Railway as code: `railway config plan` shows what would change, `railway config apply`
// does it. What it says about the service, railway.json says too; a test compares the two.
// docs/railway.md explains each step.
import { defineRailway, github, postgres, preserve, project, redis, service } from "railway/iac";

// The GitHub repository that is deployed: put your own here.
const repository = "your-account/big-ocean";

export default defineRailway(() => {
  const database = postgres("Postgres");
  const cache = redis("Redis");

  const bigocean = service("bigocean", {
    // checkSuites: a commit goes live only after the workflows of its push have passed.
    source: github(repository, { branch: "main", checkSuites: true }),
    build: {
      builder: "DOCKERFILE",
      dockerfilePath: "Dockerfile",
    },
    deploy: {
      // Runs after the build, in the new image, before any traffic; a failure keeps the old version live.
      preDeployCommand: ["bigocean migrate"],
      startCommand: "bigocean serve",
      healthcheckPath: "/ready",
      // All in seconds. The platform's own overlap and draining are 0: requests in flight would be cut off.
      healthcheckTimeout: 120,
      overlapSeconds: 10,
      drainingSeconds: 30,
      restartPolicyType: "ON_FAILURE",
      restartPolicyMaxRetries: 10,
    },
    env: {
      NODE_ENV: "production",
      DATABASE_URL: database.env.DATABASE_URL,
      REDIS_URL: cache.env.REDIS_URL,
      // Secrets are set once with the CLI or in the dashboard and stay there.
      ANTHROPIC_API_KEY: preserve(),
      SENTRY_DSN: preserve(),
    },
  });

  return project("big-ocean", { resources: [database, cache, bigocean] });
});
