"use client";

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { MessagesSquare, SearchX } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useMemo } from "react";

import { useCommands } from "#components/shell/commands.tsx";
import { useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { NotRead } from "#components/trpc/not-read.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { SearchField } from "#components/ui/search-field.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { useSettled } from "#components/ui/use-settled.ts";

import { ChatTimeZone } from "./chat-time-zone.tsx";
import { AROUND_RADIUS, messageParams, messagesInput } from "./filters.ts";
import { MessageList } from "./message-list.tsx";

const SEARCH_ID = "messages-search";

/** Everything that was said, live, with what became of it. */
export function MessagesPage() {
  const trpc = useTRPC();
  const { space } = useSpace();
  const [filters, setFilters] = useQueryStates(messageParams);
  const { data: chats } = useQuery(trpc.messages.chats.queryOptions({ spaceId: space.id }));
  const chosenChat = chats?.find(({ id }) => id === filters.chat);
  useCommands(SEARCH_COMMAND);

  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b px-4 py-2 md:px-6">
        <h1 className="text-lg font-semibold max-sm:sr-only">Messages</h1>
        <SearchField
          id={SEARCH_ID}
          label="Search messages"
          placeholder="Search"
          className="min-w-40 flex-1 sm:max-w-sm"
          value={filters.q}
          onChange={(q) => void setFilters({ q, message: null })}
        />
        <Select
          label="Chat"
          fieldSize="sm"
          className="w-40 sm:w-56"
          value={filters.chat ?? "all"}
          onChange={(chat) => void setFilters({ chat: chat === "all" ? null : chat, message: null })}
          options={[
            { value: "all", label: "All chats" },
            ...(chats ?? []).map((chat) => ({ value: chat.id, label: chat.title, note: String(chat.messageCount) })),
          ]}
        />
        {chosenChat && <ChatTimeZone key={chosenChat.id} chat={chosenChat} />}
      </header>
      {filters.message ? (
        <Around messageId={filters.message} onClose={() => void setFilters({ message: null })} />
      ) : (
        <Latest q={filters.q} chat={filters.chat} hasOneChat={filters.chat !== null || chats?.length === 1} />
      )}
    </div>
  );
}

const SEARCH_COMMAND = {
  search: () => {
    const field = document.getElementById(SEARCH_ID);
    if (field instanceof HTMLInputElement) field.select();
  },
};

function Latest({ q, chat, hasOneChat }: { q: string; chat: string | null; hasOneChat: boolean }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const query = useInfiniteQuery(
    trpc.messages.list.infiniteQueryOptions(messagesInput(space.id, { q: useSettled(q), chat }), {
      getNextPageParam: (page) => page.nextCursor,
      placeholderData: keepPreviousData,
    }),
  );
  const messages = useMemo(() => (query.data?.pages ?? []).flatMap((page) => page.items).toReversed(), [query.data]);

  if (query.isPending) return <SkeletonRows rows={6} className="p-6" />;
  const failure = query.isError && (
    <div className="px-4 pt-3 md:px-6">
      <NotRead
        title={messages.length > 0 ? "This list may be out of date" : "The messages could not be loaded"}
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    </div>
  );
  if (messages.length === 0) {
    return (
      failure ||
      (q || chat ? (
        <EmptyState icon={SearchX} title="Nothing found">
          No message here has these words. Try fewer of them, or all chats.
        </EmptyState>
      ) : (
        <EmptyState icon={MessagesSquare} title="Nothing has been said yet">
          An admin makes a bot with @BotFather, switches its privacy mode off and sets TELEGRAM_BOT_TOKEN. Add it to a
          group with a link from People, and messages appear here as they arrive.
        </EmptyState>
      ))
    );
  }
  return (
    <>
      {failure}
      <MessageList
        key={`${chat} ${q}`}
        messages={messages}
        showsChat={!hasOneChat}
        targetId={null}
        isStale={query.isPlaceholderData}
        before={
          query.hasNextPage ? (
            <Button size="sm" isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Show earlier
            </Button>
          ) : q ? (
            "No earlier message has these words."
          ) : (
            "This is the first message."
          )
        }
      />
    </>
  );
}

/** The talk around one message, for links from elsewhere. */
function Around({ messageId, onClose }: { messageId: string; onClose: () => void }) {
  const trpc = useTRPC();
  const { space } = useSpace();
  const { data, error } = useQuery(
    trpc.messages.around.queryOptions({ spaceId: space.id, messageId, radius: AROUND_RADIUS }),
  );
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b bg-sunken px-4 py-1.5 text-sm md:px-6">
        <span className="mr-auto">
          The talk around one message{data?.items[0] && <> in {data.items[0].chatTitle}</>}
        </span>
        <Button size="sm" onClick={onClose}>
          Show the newest
        </Button>
      </div>
      {error ? (
        <div className="px-4 pt-3 md:px-6">
          <Alert tone="danger" title="This message could not be shown">
            {messageOf(error)}
          </Alert>
        </div>
      ) : data ? (
        <MessageList messages={data.items} showsChat={false} targetId={messageId} isStale={false} before={null} />
      ) : (
        <SkeletonRows rows={6} className="p-6" />
      )}
    </>
  );
}
