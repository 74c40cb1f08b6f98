import { MessageCircle } from "lucide-react";

import { EmptyState } from "#components/ui/empty-state.tsx";

const EXAMPLES = [
  "/note The spare key is with Nora",
  "/ask Who has the spare key?",
  "/agent Put the two notes about keys into one",
] as const;

/** What can be done here, while nothing has been said. @param onPick takes an example; null for whoever only looks */
export function Beginning({ onPick }: { onPick: ((text: string) => void) | null }) {
  return (
    <EmptyState icon={MessageCircle} title="Write to Winnow">
      <p>
        What you send becomes a note in the knowledge base. Ask, and you get an answer with the notes it comes from.
        Give a task, and the notes are changed as you say. Only you see this chat.
      </p>
      <ul className="mt-4 flex flex-col items-stretch gap-2">
        {EXAMPLES.map((example) => (
          <li key={example}>
            {onPick ? (
              <button
                type="button"
                onClick={() => onPick(example)}
                className="min-h-9 w-full rounded-md border border-control bg-surface px-3 py-1.5 text-left text-ink hover:bg-hover"
              >
                {example}
              </button>
            ) : (
              <span className="block rounded-md border px-3 py-1.5 text-left">{example}</span>
            )}
          </li>
        ))}
      </ul>
    </EmptyState>
  );
}
