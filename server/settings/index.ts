export { settingKind, type SettingKind } from "./kind.ts";
export { readPersonal, setPersonal } from "./personal.ts";
export { listSettings, readSetting, readSettings } from "./read.ts";
export { personalRegistry, SettingGroup, SettingKey, settingsRegistry } from "./registry.ts";
export { setSetting } from "./write.ts";
