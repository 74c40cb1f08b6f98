export { type Auth, createAuth } from "./auth.ts";
export { CLIENT_ADDRESS_HEADER } from "./engine.ts";
export { checkOrigin } from "./origin.ts";
export { membershipOf, membershipsOf, requireRole } from "./roles.ts";
export { ensureFirstAdminToken, isSetUp, setUpFirstAdmin } from "./set-up.ts";
