"use client";

import { useId, useState } from "react";

import { committedInWords, OperationNews } from "#components/kb/operation-news.tsx";
import { useWriting } from "#components/kb/use-writing.ts";
import { useSpace } from "#components/shell/space.tsx";
import { type Outputs, useTRPCClient } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { toast } from "#components/ui/toast.tsx";

type Topic = Outputs["knowledge"]["topic"];

/** Other words of a topic: they are written into its own note, which is made where there is none. */
export function TopicEdit({ topic, onClose }: { topic: Topic; onClose: () => void }) {
  const client = useTRPCClient();
  const { space } = useSpace();
  const id = useId();
  const [name, setName] = useState(topic.name);
  const [description, setDescription] = useState(topic.description);
  const [aliases, setAliases] = useState(topic.aliases.join(", "));
  const saving = useWriting({
    request: (words: { name: string; description: string; aliases: string[] }) =>
      client.knowledge.editTopic.mutate({ spaceId: space.id, topicId: topic.id, ...words }),
    onEnd: (operation) => {
      if (operation?.status === "failed" || operation?.status === "conflicted") return;
      toast.success(operation ? `Saved. ${committedInWords(operation)}.` : "It was so already.");
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`What “${topic.name}” is`}
      description={topic.noteId ? "Written into the topic's own note." : "A note of type Topic is made for it."}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={id} variant="primary" isBusy={saving.isPending}>
            Save
          </Button>
        </>
      }
    >
      <form
        id={id}
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (saving.isPending) return;
          const names = aliases.split(",").map((alias) => alias.trim());
          saving.start({ name: name.trim(), description: description.trim(), aliases: names.filter(Boolean) });
        }}
      >
        <Field id={`${id}-name`} label="Name">
          <Input id={`${id}-name`} required maxLength={200} value={name} onChange={(e) => setName(e.target.value)} />
        </Field>
        <Field id={`${id}-description`} label="What it is about, in a sentence">
          <Input
            id={`${id}-description`}
            maxLength={500}
            value={description}
            onChange={(e) => setDescription(e.target.value)}
          />
        </Field>
        <Field
          id={`${id}-aliases`}
          label="Other names"
          hint="With commas between them. A proposal that uses one of them belongs here."
          error={saving.error ? messageOf(saving.error) : undefined}
        >
          <Input
            id={`${id}-aliases`}
            value={aliases}
            aria-describedby={`${id}-aliases-help`}
            onChange={(e) => setAliases(e.target.value)}
          />
        </Field>
        {saving.operationId && <OperationNews operationId={saving.operationId} />}
      </form>
    </Dialog>
  );
}
