export { type Auth, createAuth } from "./auth.ts";
export { checkOrigin } from "./origin.ts";
export { membershipOf, membershipsOf, requireRole, type SpaceMembership } from "./roles.ts";
export { ensureFirstAdminToken, isSetUp, setUpFirstAdmin } from "./set-up.ts";
