/** A new UUIDv7: sorts by the time it was made, so that keys are also an order. */
export { v7 as newId } from "uuid";
