export { createTrpcHandler } from "./handler.ts";
