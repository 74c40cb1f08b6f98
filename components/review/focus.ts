export const rowId = (proposalId: string) => `row-${proposalId}`;
export const HEADING_ID = "proposal-title";
export const DETAIL_ID = "proposal-pane";

/** Whether the shown proposal can be seen: on narrow screens the list may stand in its place. */
export function isProposalInView(): boolean {
  const pane = document.getElementById(DETAIL_ID);
  return pane !== null && pane.offsetParent !== null;
}

/** To the row of a proposal; where the list is hidden (phones), to the heading of the proposal instead. */
export function focusRow(proposalId: string): void {
  const row = document.getElementById(rowId(proposalId));
  if (!row || row.offsetParent === null) return focusHeading();
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

/** To the top of the shown proposal, once it is there. */
export function focusHeading(): void {
  requestAnimationFrame(() => document.getElementById(HEADING_ID)?.focus());
}

/**
 * After a decision the shown proposal gives way to the next one. Whoever was in the middle of the proposal (on its
 * buttons, say) stays there; everyone else is taken along to the next row, so that the focus is never lost.
 */
export function focusAfterDecision(nextId: string | null): void {
  if (nextId === null) return document.getElementById("main")?.focus();
  const pane = document.getElementById(DETAIL_ID);
  const isInPane = document.activeElement !== null && pane?.contains(document.activeElement) === true;
  if (!isInPane) focusRow(nextId);
}

/** Back to where the shown proposal stands in the list, after something that covered it has closed. */
export function focusShown(): void {
  requestAnimationFrame(() => {
    const row = document.querySelector<HTMLElement>("#queue [aria-current=true]");
    if (row && row.offsetParent !== null) row.focus();
    else document.getElementById(HEADING_ID)?.focus();
  });
}
