import type { CommandHandlers } from "#components/shell/commands.tsx";

import { focusHeading, focusRow, focusShown, isProposalInView } from "./focus.ts";
import type { ProposalItem } from "./proposal.ts";
import { SEARCH_ID } from "./queue-filters.tsx";
import type { Mode } from "./use-mode.ts";
import type { Queue } from "./use-queue.ts";
import type { Selection } from "./use-selection.ts";

/** So many rows before the end of what is loaded the next page is asked for. */
const AHEAD = 10;

/** What each command does on the review page. Those that make no sense at the moment are left out, and the help says so. */
export function reviewCommands(page: {
  queue: Queue;
  selection: Selection;
  shown: ProposalItem | undefined;
  isReadOnly: boolean;
  mode: Mode;
  setMode: (mode: Mode) => void;
  approve: () => void;
  undoLast: () => void;
}): CommandHandlers {
  const { queue, selection, shown, mode, setMode } = page;

  const move = (step: 1 | -1) => {
    const item = queue.neighbour(step);
    const { query, items } = queue;
    if (
      step === 1 &&
      query.hasNextPage &&
      !query.isFetchingNextPage &&
      (!item || items.indexOf(item) > items.length - AHEAD)
    ) {
      void query.fetchNextPage();
    }
    if (!item) return null;
    queue.show(item.id);
    focusRow(item.id);
    return item;
  };

  const selectAndMove = (step: 1 | -1) => () => {
    const here = queue.shownId;
    const there = move(step);
    selection.add([here, there?.id].filter((id) => id !== null && id !== undefined));
  };

  const looking: CommandHandlers = {
    next: () => void move(1),
    previous: () => void move(-1),
    open: (event) => {
      if (event.target instanceof Element && event.target.closest("a, button, input, summary")) return false;
      if (queue.shownId === null) return false;
      queue.open(queue.shownId);
      focusHeading();
    },
    search: () => {
      const field = document.getElementById(SEARCH_ID);
      if (field instanceof HTMLInputElement) field.select();
    },
    cancel: () => {
      if (mode !== "read") {
        setMode("read");
        focusShown();
      } else if (selection.selected.length > 0) selection.clear();
      else if (queue.isOpen) queue.close();
      else return false;
    },
  };
  if (page.isReadOnly) return looking;

  const hasSelection = selection.selected.length > 0;
  /** Nothing is decided that is not on the screen: where the list covers it, the key opens it first. */
  const onceSeen = (handler: () => void) =>
    once(() => {
      if (isProposalInView() || hasSelection) handler();
      else if (queue.shownId) queue.open(queue.shownId);
    });
  const canDecide = shown?.status === "pending" && mode !== "edit";
  return {
    ...looking,
    undo: once(page.undoLast),
    ...(queue.filters.status === "pending" && {
      select: () => void (queue.shownId && selection.toggle(queue.shownId)),
      selectNext: selectAndMove(1),
      selectPrevious: selectAndMove(-1),
    }),
    ...((canDecide || hasSelection) && {
      approve: onceSeen(page.approve),
      reject: onceSeen(() => setMode("reject")),
    }),
    ...(canDecide && {
      edit: onceSeen(() => setMode("edit")),
      merge: onceSeen(() => setMode("merge")),
    }),
  };
}

/** A key that is held down decides once, not everything below. */
const once = (handler: () => void) => (event: KeyboardEvent) => {
  if (!event.repeat) handler();
};
