// The same two paths on Node and Express, without any other module.
import express from "express";

const app = express();
app.get("/health", (_request, response) => response.json({ status: "ok" }));
app.get("/ready", (_request, response) => response.status(503).json({ status: "fail" }));
const server = app.listen(Number(process.env.PORT), "::");
process.on("SIGTERM", () => server.close(() => process.exit(0)));
