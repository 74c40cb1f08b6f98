"use client";

import { ArrowDown, ArrowUp, X } from "lucide-react";

import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { useKeptFocus } from "#components/ui/use-kept-focus.ts";
import type { ModelUse } from "#server/llm/schema.ts";

import { AddChoice } from "./add-choice.tsx";
import { type Choice, type Models, moved, providerName, USE_WORDS, WITHOUT_MODEL } from "./models.ts";
import { useModelChoices } from "./use-choices.ts";

/** The models that are asked for one use: the first, and who answers when it is down. */
export function ModelUseList({ use, models }: { use: ModelUse; models: Models }) {
  const { choices, save, isSaving, isSaved, problem } = useModelChoices(use, models.choices[use]);
  const { label, about } = USE_WORDS[use];
  const list = useKeptFocus<HTMLDivElement>();
  return (
    <div ref={list} tabIndex={-1} className="flex flex-col gap-2 border-b py-3 outline-none">
      <div>
        <h3 className="font-medium">{label}</h3>
        <p className="text-sm text-muted">{about}</p>
      </div>
      {choices.length === 0 ? (
        <p className="text-sm text-soft">{byDefault(use, models)}</p>
      ) : (
        <ol className="flex flex-col">
          {choices.map((choice, index) => (
            <ChoiceRow
              key={`${choice.providerId} ${choice.model}`}
              choice={choice}
              models={models}
              index={index}
              count={choices.length}
              onMove={(step) => save(moved(choices, index, step))}
              onRemove={() => save(choices.filter((_, at) => at !== index))}
            />
          ))}
        </ol>
      )}
      <AddChoice
        use={use}
        models={models}
        chosen={choices}
        isSaving={isSaving}
        onAdd={(choice, onSaved) => save([...choices, choice], onSaved)}
      />
      {problem !== null && (
        <p role="alert" className="text-sm text-danger">
          {problem}
        </p>
      )}
      <p role="status" className="sr-only">
        {isSaving ? "Saving" : isSaved ? `Saved. ${choices.length} chosen for ${label}.` : ""}
      </p>
    </div>
  );
}

function byDefault(use: ModelUse, { environment }: Models): string {
  if (!environment.isModel) return `None is chosen, and the server has none of its own: ${WITHOUT_MODEL[use]}.`;
  return use === "embeddings"
    ? "None is chosen: the model named in the general settings is asked, at the server’s own endpoint."
    : `None is chosen: the server’s own answers (${environment.label}).`;
}

function ChoiceRow({
  choice,
  models,
  index,
  count,
  onMove,
  onRemove,
}: {
  choice: Choice;
  models: Models;
  index: number;
  count: number;
  onMove: (step: -1 | 1) => void;
  onRemove: () => void;
}) {
  const provider = models.providers.find(({ id }) => id === choice.providerId);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md py-1 hover:bg-hover">
      <span className="w-16 shrink-0 text-sm text-muted">{index === 0 ? "First" : "If down"}</span>
      <span className="min-w-0 flex-1 break-words">
        <code className="font-mono text-sm">{choice.model}</code>{" "}
        <span className="text-sm text-muted">at {providerName(models, choice.providerId)}</span>{" "}
        {provider && !provider.isOn && <Badge tone="warning">switched off, left out</Badge>}
        {provider?.isOn && provider.problem && <Badge tone="danger">did not answer its test</Badge>}
      </span>
      <span className="flex">
        <Button
          variant="ghost"
          size="iconSm"
          aria-label={`Ask ${choice.model} earlier`}
          aria-disabled={index === 0}
          onClick={() => index > 0 && onMove(-1)}
        >
          <ArrowUp />
        </Button>
        <Button
          variant="ghost"
          size="iconSm"
          aria-label={`Ask ${choice.model} later`}
          aria-disabled={index === count - 1}
          onClick={() => index < count - 1 && onMove(1)}
        >
          <ArrowDown />
        </Button>
        <Button variant="ghost" size="iconSm" aria-label={`Do not ask ${choice.model}`} onClick={onRemove}>
          <X />
        </Button>
      </span>
    </li>
  );
}
