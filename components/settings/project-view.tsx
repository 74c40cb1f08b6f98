import type { ReactNode } from "react";

import { Section } from "#components/kb/section.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Tags } from "#components/ui/tags.tsx";
import type { ProjectContext } from "#server/analysis/schema.ts";

/** What was told about the project, for whoever may read it and not change it. */
export function ProjectView({ content }: { content: ProjectContext }) {
  const { about, keywords, glossary, components, people } = content;
  if (about === "" && [keywords, glossary, components, people].every((part) => part.length === 0)) {
    return <EmptyState title="Nothing was told about the project yet">A reviewer or an admin can do that.</EmptyState>;
  }
  return (
    <>
      {about !== "" && (
        <Section title="What the project is">
          <p className="max-w-prose whitespace-pre-wrap">{about}</p>
        </Section>
      )}
      {keywords.length > 0 && (
        <Section title="Keywords">
          <Tags tags={keywords} />
        </Section>
      )}
      <Named title="Glossary" rows={glossary.map(({ term, meaning }) => ({ name: term, says: meaning }))} />
      <Named title="Components" rows={components.map(({ name, aliases }) => ({ name, says: also(aliases) }))} />
      <Named
        title="People"
        rows={people.map(({ name, aliases, role }) => ({
          name,
          says: [role, also(aliases)].filter(Boolean).join("; "),
        }))}
      />
    </>
  );
}

const also = (aliases: readonly string[]) => (aliases.length > 0 ? `also ${aliases.join(", ")}` : "");

function Named({ title, rows }: { title: string; rows: ReadonlyArray<{ name: string; says: ReactNode }> }) {
  if (rows.length === 0) return null;
  return (
    <Section title={title}>
      <dl className="border-t">
        {rows.map(({ name, says }) => (
          <div key={name} className="grid gap-x-4 border-b py-1.5 sm:grid-cols-2">
            <dt className="font-medium break-words">{name}</dt>
            <dd className="break-words text-muted">{says}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
