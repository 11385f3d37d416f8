// Runs every test of the deploy files and of the API's description, and says how many passed.
import { action_tests } from "./action.mjs";
import { compose_tests } from "./compose.mjs";
import { fly_tests } from "./fly.mjs";
import { image_tests } from "./image.mjs";
import { kubernetes_tests } from "./kubernetes.mjs";
import { openapi_tests } from "./openapi.mjs";
import { own_compose_tests } from "./own_compose.mjs";
import { platform_tests } from "./platforms.mjs";
import { package_tests } from "./packages.mjs";
import { railway_tests } from "./railway.mjs";
import { finish } from "./support.mjs";
import { systemd_tests } from "./systemd.mjs";
import { workflow_tests } from "./workflows.mjs";

await railway_tests();
await compose_tests();
await workflow_tests();
await kubernetes_tests();
await fly_tests();
await own_compose_tests();
await systemd_tests();
await action_tests();
await platform_tests();
await openapi_tests();
await image_tests();
await package_tests();
finish();
