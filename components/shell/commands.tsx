"use client";

import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from "react";
import { type HotkeyCallback, useHotkeys } from "react-hotkeys-hook";

import { type Command, type CommandName, COMMANDS } from "#components/review/commands.ts";
import { useStoredFlag } from "#components/ui/stored.ts";

/** Returns false to leave the key press to the browser. */
type Handler = (event: KeyboardEvent) => void | false;
export type CommandHandlers = Partial<Record<CommandName, Handler>>;

type Registry = { add: (handlers: CommandHandlers) => () => void; available: () => Set<CommandName> };

const RegistryContext = createContext<Registry | null>(null);
const FlagContext = createContext<[boolean, (isOn: boolean) => void]>([true, () => {}]);

/** Whether single keys do things, and how to switch that; kept in this browser. */
export const useKeysEnabled = () => useContext(FlagContext);

const commandOf = new Map<string, CommandName>(
  (Object.keys(COMMANDS) as CommandName[]).flatMap((name) =>
    COMMANDS[name].hotkeys.map((hotkey) => [hotkey, name] as const),
  ),
);
const isSign = (hotkey: string) => /^\W$/.test(hotkey);
const POSITIONS = [...[...commandOf.keys()].filter((hotkey) => !isSign(hotkey)), "g"];
const SIGNS = [...commandOf.keys()].filter(isSign);
/** As long as react-hotkeys-hook waits for the second key of a sequence. */
const SEQUENCE_MS = 1_000;

/** Listens to the keyboard for the whole app and hands each key to the part of the page that offers its command. */
export function CommandProvider({ children }: { children: ReactNode }) {
  const registered = useRef<CommandHandlers[]>([]);
  const sequenceUntil = useRef(0);
  const flag = useStoredFlag("winnow.keys", true);
  const [isEnabled] = flag;

  const run: HotkeyCallback = (event, { hotkey, isSequence }) => {
    const name = commandOf.get(hotkey);
    const command: Command | undefined = name && COMMANDS[name];
    if (!isEnabled || belongsElsewhere(event, command?.isForTyping ?? false)) return;
    if (hotkey === "g") {
      sequenceUntil.current = event.timeStamp + SEQUENCE_MS;
      return;
    }
    // The r of "g r" goes to Review; it does not reject.
    if (!isSequence && event.timeStamp < sequenceUntil.current) return;
    sequenceUntil.current = 0;
    const handler = name && registered.current.find((handlers) => handlers[name])?.[name];
    if (handler && handler(event) !== false) event.preventDefault();
  };
  useHotkeys(POSITIONS, run, { enableOnFormTags: true }, [isEnabled]);
  useHotkeys(
    SIGNS,
    (event, hotkey) => {
      // Which of the other keys make a sign depends on the keyboard; these make a shortcut of the browser.
      if (!event.ctrlKey && !event.metaKey) run(event, hotkey);
    },
    { enableOnFormTags: true, useKey: true, ignoreModifiers: true },
    [isEnabled],
  );

  const registry = useMemo<Registry>(
    () => ({
      add: (handlers) => {
        registered.current.push(handlers);
        return () => {
          registered.current = registered.current.filter((each) => each !== handlers);
        };
      },
      available: () => new Set(registered.current.flatMap((handlers) => Object.keys(handlers) as CommandName[])),
    }),
    [],
  );

  return (
    <RegistryContext value={registry}>
      <FlagContext value={flag}>{children}</FlagContext>
    </RegistryContext>
  );
}

/** Offers commands for as long as the calling component is mounted. Two parts of a page never offer the same one. */
export function useCommands(handlers: CommandHandlers): void {
  const registry = useRegistry();
  // The keyboard is the outside system here: it must call the handlers of the newest render.
  useEffect(() => registry.add(handlers), [registry, handlers]);
}

/** The commands that do something right now. */
export function useAvailableCommands(): () => Set<CommandName> {
  return useRegistry().available;
}

function useRegistry(): Registry {
  const registry = useContext(RegistryContext);
  if (!registry) throw new Error("Commands need a CommandProvider above them.");
  return registry;
}

/** Keys that are meant for a field, a menu or a dialog are none of ours. */
function belongsElsewhere(event: KeyboardEvent, isForTyping: boolean): boolean {
  if (event.defaultPrevented) return true;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  const isField =
    target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox], [type=radio])");
  if (isField && !isForTyping) return true;
  if (target.closest("[role=dialog], [role=alertdialog], [role=menu], [role=listbox]")) return true;
  return document.querySelector("[role=dialog], [role=alertdialog]") !== null;
}
