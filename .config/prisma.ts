import { defineConfig } from "prisma/config";

/** For the Prisma CLI: `prisma generate` here, the rest of it where its schema engine can be downloaded. */
export default defineConfig({
  schema: "../prisma/schema.prisma",
  migrations: { path: "../prisma/migrations" },
  datasource: { url: process.env["DATABASE_URL"] ?? "postgresql://localhost/winnow" },
});
