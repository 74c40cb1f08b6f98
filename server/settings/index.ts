export { readSetting } from "./read.ts";
