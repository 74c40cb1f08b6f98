"use client";

import { ArrowUp, FileText, Paperclip, X } from "lucide-react";
import { type KeyboardEvent, type RefObject, useId, useRef, useState } from "react";

import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { fieldStyle } from "#components/ui/input.tsx";
import { Hint } from "#components/ui/tooltip.tsx";
import type { AssistantMode } from "#server/assistant/schema.ts";

import { type SlashCommand, suggestionsFor } from "./chat.ts";
import { CommandList, optionId } from "./command-list.tsx";
import { sizeInWords } from "./files.ts";

const PLACEHOLDERS = {
  note: "Write a note, or / for commands",
  ask: "Ask the notes, or / for commands",
  agent: "Say what is to be changed, or / for commands",
} as const satisfies Record<AssistantMode, string>;

const MOST_ROWS = 8;
/** As the server takes it. */
const MOST_CHARACTERS = 20_000;
const TOO_LONG = "A message has at most 20,000 characters. Shorten it, or attach it as a file.";

type Props = {
  fieldRef: RefObject<HTMLTextAreaElement | null>;
  mode: AssistantMode;
  text: string;
  onWrite: (text: string) => void;
  files: readonly File[];
  /** What is wrong with the files, in words. */
  problem: string | null;
  onAttach: (files: readonly File[]) => void;
  onDetach: (file: File) => void;
  onSubmit: () => void;
};

/** Where one writes: a field that grows, with files and the commands that a slash offers. */
export function Composer({ fieldRef, mode, text, onWrite, files, problem, onAttach, onDetach, onSubmit }: Props) {
  const id = useId();
  const inputRef = useRef<HTMLInputElement>(null);
  const commands = useCommandMenu({ text, onWrite, fieldRef });
  const isEmpty = text.trim() === "" && files.length === 0;
  const isTooLong = text.length > MOST_CHARACTERS;
  const submit = () => {
    if (!isTooLong) onSubmit();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // The Enter that ends a composed word belongs to the keyboard of that language.
    if (event.nativeEvent.isComposing || commands.takes(event)) return;
    if (event.key === "Escape") event.currentTarget.blur();
    if (event.key !== "Enter" || event.shiftKey || event.altKey || isTouch()) return;
    event.preventDefault();
    submit();
  };

  return (
    <form
      aria-label="Message to Winnow"
      className="relative border-t bg-surface px-3 pt-2 pb-2 md:px-6 md:pb-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="relative mx-auto flex max-w-3xl flex-col gap-2">
        {commands.isOpen && (
          <CommandList id={`${id}-list`} options={commands.options} chosen={commands.chosen} onPick={commands.pick} />
        )}
        {[problem, isTooLong ? TOO_LONG : null].map(
          (words) =>
            words && (
              <p key={words} role="alert" className="text-sm text-danger">
                {words}
              </p>
            ),
        )}
        {files.length > 0 && <Files files={files} onDetach={onDetach} />}
        <div className="flex items-end gap-2">
          <input
            ref={inputRef}
            type="file"
            multiple
            tabIndex={-1}
            aria-hidden
            className="hidden"
            onChange={(event) => {
              onAttach([...(event.target.files ?? [])]);
              event.target.value = "";
              fieldRef.current?.focus();
            }}
          />
          <Hint label="Attach files: up to five, 20 MB each" side="top">
            <Button
              variant="ghost"
              size="icon"
              aria-label="Attach files"
              className="mb-1 pointer-coarse:mb-0"
              onClick={() => inputRef.current?.click()}
            >
              <Paperclip />
            </Button>
          </Hint>
          <textarea
            ref={fieldRef}
            value={text}
            rows={Math.min(MOST_ROWS, text.split("\n").length)}
            aria-invalid={isTooLong || undefined}
            aria-label="Message"
            aria-autocomplete="list"
            aria-controls={commands.isOpen ? `${id}-list` : undefined}
            aria-activedescendant={
              commands.isOpen && commands.chosen ? optionId(`${id}-list`, commands.chosen) : undefined
            }
            placeholder={PLACEHOLDERS[mode]}
            className={cn(fieldStyle(), "field-sizing-content h-auto max-h-44 min-h-10 flex-1 resize-none py-2")}
            onChange={(event) => onWrite(event.target.value)}
            onKeyDown={onKeyDown}
            onFocus={() => commands.setAwake(true)}
            onBlur={() => commands.setAwake(false)}
            onPaste={(event) => {
              const pasted = [...event.clipboardData.files];
              // Office programs add a picture of what was copied; there the words are meant.
              if (pasted.length === 0 || event.clipboardData.types.includes("text/rtf")) return;
              event.preventDefault();
              onAttach(pasted);
            }}
          />
          <Hint label="Send" keys={["Enter"]} side="top">
            <Button
              type="submit"
              variant="primary"
              size="icon"
              aria-label="Send"
              className="mb-1 pointer-coarse:mb-0"
              aria-disabled={isEmpty || isTooLong || undefined}
            >
              <ArrowUp />
            </Button>
          </Hint>
        </div>
      </div>
    </form>
  );
}

/** On the keyboard of a phone Enter is the only way to a new line. */
const isTouch = () => window.matchMedia("(pointer: coarse)").matches;

function Files({ files, onDetach }: { files: readonly File[]; onDetach: (file: File) => void }) {
  return (
    <ul aria-label="Attached files" className="flex flex-wrap gap-2">
      {files.map((file, index) => (
        <li
          key={`${index} ${file.name}`}
          className="flex max-w-full items-center gap-1.5 rounded-md border bg-sunken py-0.5 pr-0.5 pl-2 text-sm"
        >
          <FileText aria-hidden className="size-4 shrink-0 text-muted" />
          <span className="truncate">{file.name}</span>
          <span className="shrink-0 text-muted">{sizeInWords(file.size)}</span>
          <Button variant="ghost" size="iconSm" aria-label={`Remove ${file.name}`} onClick={() => onDetach(file)}>
            <X />
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** The commands that a slash offers, by keyboard and by hand. */
function useCommandMenu({ text, onWrite, fieldRef }: Pick<Props, "text" | "onWrite" | "fieldRef">) {
  const [index, setIndex] = useState(0);
  // Only while somebody is in the field: a text that was kept offers nothing by itself.
  const [isAwake, setAwake] = useState(false);
  // The text at which the list was sent away.
  const [dismissed, setDismissed] = useState<string | null>(null);
  const options = suggestionsFor(text);
  const isOpen = isAwake && options.length > 0 && dismissed !== text;
  const chosen = options[Math.min(index, options.length - 1)];

  const pick = ({ name, takesWords }: SlashCommand) => {
    const next = takesWords ? `/${name} ` : `/${name}`;
    onWrite(next);
    setDismissed(next);
    setIndex(0);
    fieldRef.current?.focus();
  };
  return {
    ...{ options, isOpen, chosen, pick, setAwake },
    /** Whether a key was for the list. */
    takes: (event: KeyboardEvent): boolean => {
      if (!isOpen || !chosen) return false;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      // A whole command is sent by Enter, not completed.
      const isWhole = text.toLowerCase() === `/${chosen.name}`;
      if (step !== undefined) {
        setIndex((options.indexOf(chosen) + step + options.length) % options.length);
      } else if (event.key === "Escape") {
        setDismissed(text);
      } else if ((event.key === "Enter" && !event.shiftKey && !isWhole) || (event.key === "Tab" && !event.shiftKey)) {
        pick(chosen);
      } else {
        return false;
      }
      event.preventDefault();
      return true;
    },
  };
}
