export { readSetting } from "./read.ts";
export { setSetting } from "./write.ts";
