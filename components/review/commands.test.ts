import { expect, test } from "vitest";

import { COMMAND_GROUPS, COMMANDS } from "./commands.ts";

const commands = Object.values(COMMANDS);

test("no key does two things", () => {
  const hotkeys = commands.flatMap((command) => [...command.hotkeys]);
  expect(new Set(hotkeys).size).toBe(hotkeys.length);
});

test("the first key of a sequence does nothing by itself", () => {
  const starts = commands.flatMap((command) =>
    command.hotkeys.flatMap((hotkey: string) => (hotkey.includes(">") ? [hotkey.split(">")[0]] : [])),
  );
  expect(starts.length).toBeGreaterThan(0);
  for (const command of commands) for (const hotkey of command.hotkeys) expect(starts).not.toContain(hotkey);
});

test("every command stands in the help", () => {
  for (const command of commands) {
    expect(COMMAND_GROUPS).toContain(command.group);
    expect(command.keys.length).toBeGreaterThan(0);
  }
});
