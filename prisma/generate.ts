import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

// Writes the client from schema.prisma into prisma/generated; npm runs this after every install.
// The CLI would first download a schema engine, which generating does not use: naming any program keeps it from that.

const cli = createRequire(import.meta.url).resolve("prisma/build/index.js");
const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "generate", "--no-hints"], {
  encoding: "utf8",
  env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath },
});
if (status !== 0) console.error(`${stdout}${stderr}`);
process.exitCode = status ?? 1;
