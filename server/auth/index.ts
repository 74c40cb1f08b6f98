export { type Auth, createAuth } from "./auth.ts";
export { requireRole, type SpaceInfo } from "./roles.ts";
export { ensureFirstAdminToken, setUpFirstAdmin } from "./set-up.ts";
