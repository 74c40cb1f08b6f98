"use client";

import { Plus } from "lucide-react";
import { useState } from "react";

import { Section } from "#components/kb/section.tsx";
import { Button } from "#components/ui/button.tsx";
import { useKeptFocus } from "#components/ui/use-kept-focus.ts";

import type { Models, Provider } from "./models.ts";
import { ProviderDialog } from "./provider-dialog.tsx";
import { ProviderRow } from "./provider-row.tsx";
import { RemoveProvider } from "./remove-provider.tsx";

/** Which question is open, about which provider; none for a new one. */
type Asking = { what: "change"; provider: Provider | null } | { what: "removal"; provider: Provider };

/** Where models are: the server's own endpoint, and those that the space has added. */
export function Providers({ models }: { models: Models }) {
  // Not in the row: that goes away with its provider, maybe while the question is still open.
  const [asking, setAsking] = useState<Asking | null>(null);
  const list = useKeptFocus<HTMLDivElement>();
  const { environment } = models;
  return (
    <Section
      title="Providers"
      aside={
        <Button size="sm" onClick={() => setAsking({ what: "change", provider: null })}>
          <Plus />
          Add a provider
        </Button>
      }
    >
      <div ref={list} tabIndex={-1} className="outline-none">
        <p className="text-sm text-muted">
          {environment.isModel
            ? `The server has a model of its own: ${environment.label}. Whoever runs it sets that.`
            : models.choices.extraction.length > 0
              ? "The server has no model of its own."
              : "The server has no model of its own. Until a provider is added and chosen below, the built-in rules read messages; they are no model."}
        </p>
        {models.providers.length > 0 && (
          <ul className="mt-2 border-t">
            {models.providers.map((provider) => (
              <ProviderRow
                key={provider.id}
                provider={provider}
                onChange={() => setAsking({ what: "change", provider })}
                onRemove={() => setAsking({ what: "removal", provider })}
              />
            ))}
          </ul>
        )}
      </div>
      {asking?.what === "change" && (
        <ProviderDialog
          provider={asking.provider}
          allowsPrivate={models.allowsPrivate}
          onClose={() => setAsking(null)}
        />
      )}
      {asking?.what === "removal" && (
        <RemoveProvider
          provider={asking.provider}
          models={models}
          onClose={() => setAsking(null)}
          onGone={() => list.current?.focus()}
        />
      )}
    </Section>
  );
}
