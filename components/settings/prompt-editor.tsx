"use client";

import { useDeferredValue, useId, useRef, useState } from "react";
import { useHotkeys } from "react-hotkeys-hook";

import { Section } from "#components/kb/section.tsx";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Label } from "#components/ui/label.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { Age } from "#components/ui/time.tsx";
import { WordDiff } from "#components/ui/word-diff.tsx";

import { InSight } from "./in-sight.tsx";
import { Overtaken } from "./overtaken.tsx";
import { PromptHistory } from "./prompt-history.tsx";
import type { Prompt } from "./prompt.ts";
import { ResetPrompt } from "./reset-prompt.tsx";
import { SaveBar } from "./save-bar.tsx";
import { usePrompt } from "./use-prompt.ts";

/** As the server takes it. */
const MAX_LENGTH = 20_000;

/** A prompt: its words, how they differ from Winnow's own, and what was there before. */
export function PromptEditor({ prompt }: { prompt: Prompt }) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [isResetting, setResetting] = useState(false);
  const words = usePrompt(prompt);
  const { draft, inForce, isChanged, isOvertaken } = words;
  const { title, description, own, override, version, history } = prompt;
  const form = useHotkeys<HTMLFormElement>("mod+enter", words.save, { enableOnFormTags: true, preventDefault: true });
  // A long text is compared when there is time: typing comes first.
  const compared = useDeferredValue(draft.content);

  return (
    <section aria-labelledby={`${id}-title`} className="flex min-w-0 flex-col gap-6">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 id={`${id}-title`} className="text-lg font-semibold">
            {title}
          </h2>
          <p className="text-muted">{description}</p>
          <p className="text-sm text-muted">
            {override ? (
              <>
                Your words, changed by {override.changedBy}, <Age at={override.changedAt} inWords />.
              </>
            ) : (
              `Winnow’s own words, version ${version}.`
            )}
          </p>
        </div>
        {override && (
          <Button size="sm" variant="danger" onClick={() => setResetting(true)}>
            Back to Winnow’s own words
          </Button>
        )}
      </div>
      {override && override.baseVersion < version && (
        <Alert tone="warning" title="Winnow’s own words have moved on since yours were written">
          Yours began with version {override.baseVersion}, and it is version {version} now. What differs stands below:
          take over what you want of it, and save.
        </Alert>
      )}
      <form
        ref={form}
        aria-label={`Change: ${title}`}
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          words.save();
        }}
      >
        {draft.wasRestored && isChanged && !isOvertaken && <Alert title="What you had not saved is back" />}
        <div className="flex flex-col gap-1">
          <Label htmlFor={id}>What the model is told</Label>
          <Textarea
            ref={field}
            id={id}
            rows={18}
            maxLength={MAX_LENGTH}
            spellCheck
            className="font-mono text-base md:text-sm"
            value={draft.content}
            onChange={(event) => draft.write(event.target.value)}
          />
          <p className="text-right text-xs text-muted tabular-nums">
            {draft.content.length.toLocaleString("en-GB")} of {MAX_LENGTH.toLocaleString("en-GB")} characters
          </p>
        </div>
        {isOvertaken && (
          <InSight isWanted={words.problem !== null}>
            <Overtaken
              changed={history[0] ? { by: history[0].changedBy, at: history[0].changedAt } : null}
              theirs={inForce}
              mine={draft.content}
              onDrop={words.discard}
              onInsist={draft.insist}
            />
          </InSight>
        )}
        {words.problem !== null && !isOvertaken && (
          <InSight>
            <Alert tone="danger" title="Not saved; what you wrote is kept here">
              {words.problem}
            </Alert>
          </InSight>
        )}
        <SaveBar
          isChanged={isChanged}
          isSaving={words.isSaving}
          blockedBecause={
            isOvertaken
              ? "It was changed meanwhile: choose above what is to stand."
              : draft.content.trim() === ""
                ? "A prompt needs words."
                : undefined
          }
          onDiscard={words.discard}
        >
          In force with the next call of a model, in this space alone.
        </SaveBar>
      </form>
      <Section title="Compared with Winnow’s own words">
        <WordDiff
          before={own}
          after={compared}
          label="From Winnow’s own words to these"
          same="They are Winnow’s own words."
        />
      </Section>
      {history.length > 0 && (
        <PromptHistory
          prompt={prompt}
          onRestore={(system) => {
            draft.write(system);
            field.current?.focus();
          }}
        />
      )}
      {isResetting && <ResetPrompt words={words} onClose={() => setResetting(false)} />}
    </section>
  );
}
