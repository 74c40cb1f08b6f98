"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useSpace } from "#components/shell/space.tsx";
import { useTRPC, useTRPCClient } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { readStored, useStored } from "#components/ui/stored.ts";

import { uploadOf } from "./files.ts";

/** A message of one's own that the server does not list yet. */
export type Outgoing = {
  key: number;
  text: string;
  files: readonly File[];
  at: Date;
  /** The id that the server gave it. */
  messageId: string | null;
  /** Why it was not sent, in words. */
  failure: string | null;
};

/** The chat, with what was just written at its end; sent once, and kept where that failed. */
export function useChat() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const query = useQuery(trpc.chat.list.queryOptions({ spaceId: space.id }));
  const [sent, setSent] = useState<readonly Outgoing[]>([]);

  const change = (key: number, facts: Partial<Outgoing>) =>
    setSent((all) => all.map((each) => (each.key === key ? { ...each, ...facts } : each)));
  const deliver = async ({ key, text, files }: Outgoing): Promise<boolean> => {
    try {
      const uploads = await Promise.all(files.map(uploadOf));
      const language = navigator.language.slice(0, 35);
      const { messageId } = await client.chat.send.mutate({ spaceId: space.id, text, files: uploads, language });
      change(key, { messageId });
      await queryClient.invalidateQueries(trpc.chat.pathFilter());
      return true;
    } catch (error) {
      change(key, { failure: failureOf(error) });
      return false;
    }
  };

  const listed = new Set(query.data?.items.map((item) => item.id));
  return {
    query,
    outgoing: sent.filter(({ messageId }) => messageId === null || !listed.has(messageId)),
    /** @returns whether the server has it now */
    send: (text: string, files: readonly File[]): Promise<boolean> => {
      const at = new Date();
      const message = { key: at.getTime() + Math.random(), text, files, at, messageId: null, failure: null };
      setSent((all) => [...all, message]);
      return deliver(message);
    },
    resend: (message: Outgoing): Promise<boolean> => {
      change(message.key, { failure: null });
      return deliver({ ...message, failure: null });
    },
    takeBack: (key: number) => setSent((all) => all.filter((each) => each.key !== key)),
  };
}

const failureOf = (error: unknown) =>
  error instanceof DOMException ? "A file could not be read any more. Attach it again." : messageOf(error);

const draftKey = (spaceId: string) => `winnow.chat.${spaceId}`;

/** What is being written, kept in this browser over a reload; what was sent stays kept until the server has it. */
export function useDraft() {
  const { space } = useSpace();
  const [kept, keep] = useStored(draftKey(space.id));
  // What was written on this page counts, also where the browser keeps nothing.
  const [written, setWritten] = useState<string | null>(null);
  const text = written ?? kept ?? "";
  return {
    text,
    write: (next: string) => {
      setWritten(next);
      keep(next === "" ? null : next);
    },
    /** Empties the field; the text is forgotten when it has arrived, unless something else was written meanwhile. */
    handOver: () => {
      setWritten("");
      return { arrived: () => readStored(draftKey(space.id)) === text && keep(null) };
    },
  };
}
