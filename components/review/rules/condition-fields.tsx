"use client";

import { Checkbox } from "#components/ui/checkbox.tsx";
import { Category, Confidence, NoteType, ProposalKind, type RuleConditions } from "#server/proposals/schema.ts";

import { CATEGORY_WORDS, CONFIDENCE_WORDS, KIND_WORDS } from "../words.ts";
import { NumberField } from "./number-field.tsx";
import type { Choices } from "./rule.ts";

/** What a proposal has to be. Nothing chosen in a group asks nothing. */
export function ConditionFields({
  conditions,
  choices,
  onChange,
}: {
  conditions: RuleConditions;
  choices: Choices;
  onChange: (next: Partial<RuleConditions>) => void;
}) {
  return (
    <div className="flex flex-col gap-4">
      <Group
        title="Evidence"
        options={Object.values(Confidence).map((value) => ({ value, label: CONFIDENCE_WORDS[value].short }))}
        chosen={conditions.confidence}
        onChange={(confidence) => onChange({ confidence })}
      />
      <Group
        title="Kind"
        options={Object.values(ProposalKind).map((value) => ({ value, label: KIND_WORDS[value].many }))}
        chosen={conditions.kinds}
        onChange={(kinds) => onChange({ kinds })}
      />
      <Group
        title="Becomes a note of type"
        options={NoteType.options.map((value) => ({ value, label: value }))}
        chosen={conditions.noteTypes}
        onChange={(noteTypes) => onChange({ noteTypes })}
      />
      <Group
        title="Category of a task"
        options={Category.options.map((value) => ({ value, label: CATEGORY_WORDS[value] }))}
        chosen={conditions.categories}
        onChange={(categories) => onChange({ categories })}
      />
      {choices.chats.length > 1 && (
        <Group
          title="Said in"
          options={choices.chats.map((chat) => ({ value: chat.id, label: chat.title }))}
          chosen={conditions.chatIds}
          onChange={(chatIds) => onChange({ chatIds })}
        />
      )}
      {choices.generatedBy.length > 1 && (
        <Group
          title="Found by"
          options={choices.generatedBy.map((value) => ({
            value,
            label: value === "rules" ? "the rules engine" : value,
          }))}
          chosen={conditions.generatedBy}
          onChange={(generatedBy) => onChange({ generatedBy })}
        />
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <NumberField
          label="Quotes, at least"
          value={conditions.leastQuotes}
          least={1}
          most={20}
          onChange={(leastQuotes) => onChange({ leastQuotes })}
        />
        <NumberField
          label="People who say it, at least"
          value={conditions.leastPeople}
          least={1}
          most={20}
          onChange={(leastPeople) => onChange({ leastPeople })}
        />
        <NumberField
          label="Sure, at least (%)"
          hint="The model's own figure. With 0 none is asked for."
          value={Math.round((conditions.leastSureness ?? 0) * 100)}
          least={0}
          most={100}
          onChange={(next) => onChange({ leastSureness: next === 0 ? null : next / 100 })}
        />
        <NumberField
          label="Like something known, at most (%)"
          value={Math.round(conditions.mostSimilar * 100)}
          least={0}
          most={100}
          onChange={(next) => onChange({ mostSimilar: next / 100 })}
        />
      </div>
    </div>
  );
}

function Group<Value extends string>({
  title,
  options,
  chosen,
  onChange,
}: {
  title: string;
  options: ReadonlyArray<{ value: Value; label: string }>;
  chosen: readonly Value[];
  onChange: (chosen: Value[]) => void;
}) {
  return (
    <fieldset>
      <legend className="text-base font-medium">
        {title} {chosen.length === 0 && <span className="font-normal text-muted">any</span>}
      </legend>
      <div className="mt-1 flex flex-wrap gap-x-4">
        {options.map(({ value, label }) => (
          <label key={value} className="flex min-h-7 max-w-full items-center gap-1.5 pointer-coarse:min-h-10">
            <Checkbox
              checked={chosen.includes(value)}
              onChange={(event) =>
                onChange(event.target.checked ? [...chosen, value] : chosen.filter((each) => each !== value))
              }
            />
            <span className="truncate">{label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
