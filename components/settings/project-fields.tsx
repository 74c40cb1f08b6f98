"use client";

import { useId } from "react";

import { Section } from "#components/kb/section.tsx";
import { Field } from "#components/ui/field.tsx";
import { Select } from "#components/ui/select.tsx";
import { Textarea } from "#components/ui/textarea.tsx";

import type { Outputs } from "#components/trpc/client.tsx";
import { nextKey, type ProjectForm } from "./project-form.ts";
import { RowPart, RowText } from "./row-field.tsx";
import { Rows } from "./rows.tsx";

export type Contributor = Outputs["context"]["contributors"][number];

/** Twelve names of eighty characters, with their commas. */
const ALIASES_LENGTH = 1_000;
const NOBODY = "nobody";

/** Everything that can be told about the project. */
export function ProjectFields({
  form,
  contributors,
  onChange,
}: {
  form: ProjectForm;
  contributors: readonly Contributor[];
  onChange: (form: ProjectForm) => void;
}) {
  const id = useId();
  const set = (part: Partial<ProjectForm>) => onChange({ ...form, ...part });
  return (
    <>
      <Field
        id={`${id}-about`}
        label="What the project is"
        hint="A few sentences, as you would tell them to somebody new."
      >
        <Textarea
          id={`${id}-about`}
          aria-describedby={`${id}-about-help`}
          rows={5}
          maxLength={4_000}
          value={form.about}
          onChange={(event) => set({ about: event.target.value })}
        />
      </Field>
      <Field
        id={`${id}-keywords`}
        label="Keywords"
        hint="Words that say that something matters here, with commas between them."
      >
        <Textarea
          id={`${id}-keywords`}
          aria-describedby={`${id}-keywords-help`}
          rows={2}
          className="min-h-16"
          value={form.keywords}
          onChange={(event) => set({ keywords: event.target.value })}
        />
      </Field>
      <Section title="Glossary">
        <Hint>What your own words and abbreviations mean.</Hint>
        <Rows
          rows={form.glossary}
          noun="term"
          nameOf={({ term }) => term}
          blank={() => ({ key: nextKey(form.glossary), term: "", meaning: "" })}
          onChange={(glossary) => set({ glossary })}
        >
          {({ term, meaning }, change, index) => (
            <>
              <RowText
                {...{ index, value: term }}
                label="Term"
                maxLength={80}
                onChange={(next) => change({ term: next })}
              />
              <RowText
                {...{ index, value: meaning }}
                label="Meaning"
                maxLength={400}
                onChange={(next) => change({ meaning: next })}
              />
            </>
          )}
        </Rows>
      </Section>
      <Section title="Components">
        <Hint>The parts of what you build. Each is a topic, by its name or by one of the others.</Hint>
        <Rows
          rows={form.components}
          noun="component"
          nameOf={({ name }) => name}
          blank={() => ({ key: nextKey(form.components), name: "", aliases: "" })}
          onChange={(components) => set({ components })}
        >
          {({ name, aliases }, change, index) => (
            <>
              <RowText
                {...{ index, value: name }}
                label="Name"
                maxLength={80}
                onChange={(next) => change({ name: next })}
              />
              <RowText
                {...{ index, value: aliases }}
                label="Also called"
                placeholder="with commas between"
                maxLength={ALIASES_LENGTH}
                onChange={(next) => change({ aliases: next })}
              />
            </>
          )}
        </Rows>
      </Section>
      <Section title="People">
        <Hint>Who is who, so that a name in a message becomes the right owner of a task.</Hint>
        <Rows
          rows={form.people}
          noun="person"
          nameOf={({ name }) => name}
          blank={() => ({ key: nextKey(form.people), name: "", aliases: "", role: "", contributorId: null })}
          onChange={(people) => set({ people })}
        >
          {(person, change, index) => (
            <>
              <RowText
                {...{ index, value: person.name }}
                label="Name"
                maxLength={120}
                onChange={(name) => change({ name })}
              />
              <RowText
                {...{ index, value: person.aliases }}
                label="Also called"
                placeholder="with commas between"
                maxLength={ALIASES_LENGTH}
                onChange={(aliases) => change({ aliases })}
              />
              <RowText
                {...{ index, value: person.role }}
                label="What they do"
                maxLength={200}
                onChange={(role) => change({ role })}
              />
              <RowPart label="In the chats" index={index}>
                {(selectId) => (
                  <Select
                    id={selectId}
                    value={person.contributorId ?? NOBODY}
                    options={contributorOptions(contributors, person.contributorId)}
                    onChange={(chosen) => change({ contributorId: chosen === NOBODY ? null : chosen })}
                  />
                )}
              </RowPart>
            </>
          )}
        </Rows>
      </Section>
    </>
  );
}

const Hint = ({ children }: { children: string }) => <p className="mb-2 text-sm text-muted">{children}</p>;

function contributorOptions(contributors: readonly Contributor[], chosenId: string | null) {
  return [
    { value: NOBODY, label: "Not linked" },
    ...(chosenId === null || contributors.some(({ contributorId }) => contributorId === chosenId)
      ? []
      : [{ value: chosenId, label: "Somebody who is not listed any more" }]),
    ...contributors.map(({ contributorId, name, username }) => ({
      value: contributorId,
      label: name,
      ...(username ? { note: `@${username}` } : {}),
    })),
  ];
}
