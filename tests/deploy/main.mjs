// Runs every test of the deploy files and of the API's description, and says how many passed.
import { compose_tests } from "./compose.mjs";
import { image_tests } from "./image.mjs";
import { openapi_tests } from "./openapi.mjs";
import { package_tests } from "./packages.mjs";
import { railway_tests } from "./railway.mjs";
import { finish } from "./support.mjs";
import { workflow_tests } from "./workflows.mjs";

await railway_tests();
await compose_tests();
await workflow_tests();
await openapi_tests();
await image_tests();
await package_tests();
finish();
