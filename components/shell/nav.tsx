"use client";

import { useQuery } from "@tanstack/react-query";
import {
  BookOpen,
  Ellipsis,
  Inbox,
  type LucideIcon,
  MessageCircle,
  MessagesSquare,
  ScanText,
  Settings,
  Users,
} from "lucide-react";
import Link, { useLinkStatus } from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { useMemo } from "react";

import { COMMANDS, type CommandName } from "#components/review/commands.ts";
import { useTRPC } from "#components/trpc/client.tsx";
import { cn } from "#components/ui/cn.ts";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "#components/ui/dropdown-menu.tsx";
import { Kbd } from "#components/ui/kbd.tsx";

import { useCommands } from "./commands.tsx";
import { useSpace, useSpacePath } from "./space.tsx";

const PAGES = [
  { page: "review", label: "Review", icon: Inbox, command: "goReview" },
  { page: "chat", label: "Chat", icon: MessageCircle, command: "goChat" },
  { page: "runs", label: "Runs", icon: ScanText, command: "goRuns" },
  { page: "messages", label: "Messages", icon: MessagesSquare, command: "goMessages" },
  { page: "knowledge", label: "Knowledge", icon: BookOpen, command: "goKnowledge" },
  { page: "people", label: "People", icon: Users, command: "goPeople" },
  { page: "settings", label: "Settings", icon: Settings, command: "goSettings" },
] as const satisfies ReadonlyArray<{ page: string; label: string; icon: LucideIcon; command: CommandName }>;

type Page = (typeof PAGES)[number]["page"];

/** A thumb hits five places at the width of a phone: the pages that wait for nobody stand behind the last of them. */
const BEHIND_MORE: ReadonlySet<Page> = new Set(["runs", "people", "settings"]);

/** The pages of a space, as a list at the side or as a bar at the bottom. */
export function Nav({ layout }: { layout: "side" | "bottom" }) {
  const { space } = useSpace();
  const path = useSpacePath();
  const pathname = usePathname();
  const trpc = useTRPC();
  const { data: queue } = useQuery(trpc.proposals.list.queryOptions({ spaceId: space.id, limit: 1 }));
  const { data: kb } = useQuery(trpc.kb.status.queryOptions({ spaceId: space.id }));
  const counts = {
    review: { count: queue?.counts.pending ?? 0, words: "waiting" },
    knowledge: { count: kb?.openConflicts ?? 0, words: kb?.openConflicts === 1 ? "conflict" : "conflicts" },
  } satisfies Partial<Record<Page, { count: number; words: string }>>;
  const isSide = layout === "side";

  return (
    <ul className={isSide ? "flex flex-col gap-0.5" : "grid grid-cols-5"}>
      {PAGES.filter(({ page }) => isSide || !BEHIND_MORE.has(page)).map(({ page, label, icon: Icon, command }) => {
        const isHere = pathname.startsWith(path(page));
        const waiting = page === "review" || page === "knowledge" ? counts[page] : null;
        const count = waiting && waiting.count > 0 ? waiting.count : null;
        return (
          <li key={page}>
            <Link
              href={path(page)}
              aria-current={isHere ? "page" : undefined}
              className={cn(
                "group relative flex items-center font-medium text-soft hover:text-ink",
                isSide ? "h-8 gap-2 rounded-md px-2 hover:bg-hover" : "h-14 flex-col justify-center gap-0.5 text-xs",
                isHere && (isSide ? "bg-hover text-ink" : "text-ink"),
              )}
            >
              <Here isHere={isHere} isSide={isSide} />
              <Icon aria-hidden className={cn("size-4 shrink-0", !isSide && "size-5")} strokeWidth={1.75} />
              <span>{label}</span>
              {count !== null && (
                <span
                  className={cn(
                    "text-xs tabular-nums",
                    isSide
                      ? "ml-auto text-muted"
                      : "absolute top-1.5 left-1/2 ml-2 min-w-4 rounded-full bg-ink px-1 text-center text-surface",
                  )}
                >
                  {count > 999 ? "999+" : count}
                  <span className="sr-only"> {waiting?.words}</span>
                </span>
              )}
              {isSide && count === null && (
                <Kbd
                  keys={COMMANDS[command].keys}
                  className="ml-auto opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100 pointer-coarse:hidden"
                />
              )}
            </Link>
          </li>
        );
      })}
      {!isSide && (
        <li>
          <More />
        </li>
      )}
    </ul>
  );
}

/** The pages that the bar at the bottom has no room for. */
function More() {
  const path = useSpacePath();
  const pathname = usePathname();
  const pages = PAGES.filter(({ page }) => BEHIND_MORE.has(page));
  const isHere = pages.some(({ page }) => pathname.startsWith(path(page)));
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-current={isHere ? "page" : undefined}
        className={cn(
          "relative flex h-14 w-full flex-col items-center justify-center gap-0.5 text-xs font-medium text-soft hover:text-ink",
          isHere && "text-ink",
        )}
      >
        {isHere && <span aria-hidden className="absolute inset-x-6 top-0 h-0.5 rounded-full bg-accent" />}
        <Ellipsis aria-hidden className="size-5 shrink-0" strokeWidth={1.75} />
        More
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" side="top">
        {pages.map(({ page, label, icon: Icon }) => (
          <DropdownMenuItem key={page} asChild>
            <Link href={path(page)} aria-current={pathname.startsWith(path(page)) ? "page" : undefined}>
              <Icon aria-hidden />
              {label}
            </Link>
          </DropdownMenuItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

/** Marks the page that is shown, and the one that was just asked for while it is on its way. */
function Here({ isHere, isSide }: { isHere: boolean; isSide: boolean }) {
  const { pending } = useLinkStatus();
  if (!isHere && !pending) return null;
  return (
    <span
      aria-hidden
      className={cn(
        "absolute rounded-full bg-accent",
        isSide ? "inset-y-1.5 left-0 w-0.5" : "inset-x-6 top-0 h-0.5",
        pending && "animate-pulse",
      )}
    />
  );
}

/** `g r` and its like, and `g s` for a page that stands below another one. */
export function useGoCommands() {
  const router = useRouter();
  const { space } = useSpace();
  const handlers = useMemo(() => {
    const go = (page: string) => () => router.push(`/s/${space.slug}/${page}`);
    return {
      ...Object.fromEntries(PAGES.map(({ page, command }) => [command, go(page)])),
      goSync: go("knowledge/sync"),
    };
  }, [router, space.slug]);
  useCommands(handlers);
}
