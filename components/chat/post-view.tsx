"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowUpRight } from "lucide-react";
import Link from "next/link";
import { memo, useSyncExternalStore } from "react";

import { Mark } from "#components/shell/mark.tsx";
import { useReadOnlyReason, useSpace } from "#components/shell/space.tsx";
import { useTRPC } from "#components/trpc/client.tsx";
import { messageOf } from "#components/trpc/query-client.ts";
import { Button } from "#components/ui/button.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { cn } from "#components/ui/cn.ts";
import { Prose } from "#components/ui/markdown.tsx";
import { Moment } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useKeptFocus } from "#components/ui/use-kept-focus.ts";

import { pathInside, type Post, type PostButton, withLineBreaks, withPathsInside } from "./chat.ts";

/** What Winnow said, with its buttons. While it is still at work on it, a dot beats beside it. */
export function PostView({ post }: { post: Post }) {
  // A press often changes the buttons themselves.
  const articleRef = useKeptFocus<HTMLElement>();
  return (
    <article
      ref={articleRef}
      tabIndex={-1}
      aria-label="Winnow"
      aria-busy={post.isWorking || undefined}
      className="flex items-start gap-2.5 rounded-md outline-offset-4"
    >
      <span aria-hidden className="mt-0.5 shrink-0">
        <Mark />
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <PostText text={post.text} />
        {post.buttons.length > 0 && <Buttons rows={post.buttons} />}
        <span className="flex items-center gap-2 text-xs text-muted">
          {post.isWorking && (
            <>
              <span aria-hidden className="size-2 animate-pulse rounded-full bg-accent" />
              <span>Working</span>
            </>
          )}
          <Moment at={post.at} show="time" />
        </span>
      </div>
    </article>
  );
}

/** Long texts are read as Markdown once, not with each change elsewhere in the chat. */
const PostText = memo(function PostText({ text }: { text: string }) {
  return <Prose text={withLineBreaks(withPathsInside(text, useOrigin()))} linkTo={insideOnly} />;
});

/** Of the paths that a link may name, those of pages. */
const insideOnly = (path: string) => (path.startsWith("/s/") ? path : null);

function Buttons({ rows }: { rows: Post["buttons"] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { space } = useSpace();
  const readOnly = useReadOnlyReason();
  const tap = useMutation(
    trpc.chat.tap.mutationOptions({
      onError: (error) => toast.error(messageOf(error)),
      onSettled: () => queryClient.invalidateQueries(trpc.chat.pathFilter()),
    }),
  );
  return (
    <div className="flex flex-col gap-1.5">
      {rows.map((row, index) => (
        <div key={index} className="flex flex-wrap gap-1.5">
          {row.map((button) =>
            "url" in button ? (
              <LinkButton key={button.url + button.label} button={button} />
            ) : (
              <Button
                key={button.token}
                size="sm"
                variant={VARIANTS[button.style ?? "plain"]}
                className={WRAPPING}
                blockedBecause={readOnly}
                isBusy={tap.isPending && tap.variables.token === button.token}
                aria-disabled={tap.isPending || undefined}
                onClick={() => {
                  if (!tap.isPending) tap.mutate({ spaceId: space.id, token: button.token });
                }}
              >
                {button.label}
              </Button>
            ),
          )}
        </div>
      ))}
    </div>
  );
}

const VARIANTS = {
  success: "primary",
  primary: "primary",
  danger: "danger",
  plain: "secondary",
} as const satisfies Record<NonNullable<PostButton["style"]> | "plain", string>;
/** A title on a button may be longer than a phone is wide. */
const WRAPPING =
  "h-auto min-h-7 max-w-full shrink py-0.5 text-left break-words whitespace-normal pointer-coarse:h-auto pointer-coarse:min-h-9";

/** A page of the dashboard opens here; any other address beside it, and only if it is one of the web. */
function LinkButton({ button }: { button: Extract<PostButton, { url: string }> }) {
  const inside = pathInside(button.url, useOrigin());
  const className = cn(buttonStyle({ size: "sm", variant: VARIANTS[button.style ?? "plain"] }), WRAPPING);
  if (inside) {
    return (
      <Link href={inside} className={className}>
        {button.label}
      </Link>
    );
  }
  if (!/^https?:\/\//i.test(button.url)) return null;
  return (
    <a href={button.url} target="_blank" rel="noreferrer noopener" className={className}>
      {button.label}
      <ArrowUpRight aria-hidden />
    </a>
  );
}

/** Where the dashboard is open; null on the server, which need not know. */
const useOrigin = () =>
  useSyncExternalStore(
    never,
    () => window.location.origin,
    () => null,
  );
const never = () => () => {};
