export { requireRole, type SpaceInfo } from "./roles.ts";
