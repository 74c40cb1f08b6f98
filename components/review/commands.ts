/**
 * Every keyboard command, once: the handlers, the help dialog, the tooltips and the key legend all read this table.
 * `hotkeys` are positions on the keyboard (as react-hotkeys-hook names them), so that they work in any language; a sign is
 * the character itself, for each language's keyboard has it elsewhere.
 */
export const COMMANDS = {
  next: { hotkeys: ["j"], keys: ["j"], label: "Next in the list", group: "Move" },
  previous: { hotkeys: ["k"], keys: ["k"], label: "Previous in the list", group: "Move" },
  open: { hotkeys: ["enter"], keys: ["Enter"], label: "Open the proposal", group: "Move" },
  search: { hotkeys: ["/"], keys: ["/"], label: "Search", group: "Move" },
  approve: { hotkeys: ["a"], keys: ["a"], label: "Approve", group: "Decide" },
  reject: { hotkeys: ["r"], keys: ["r"], label: "Reject, then 1–6 for a reason", group: "Decide" },
  edit: { hotkeys: ["e"], keys: ["e"], label: "Edit", group: "Decide" },
  merge: { hotkeys: ["m"], keys: ["m"], label: "Merge into another", group: "Decide" },
  undo: { hotkeys: ["z"], keys: ["z"], label: "Undo the last decision", group: "Decide" },
  select: { hotkeys: ["x"], keys: ["x"], label: "Select for a bulk decision", group: "Decide" },
  selectNext: { hotkeys: ["shift+j"], keys: ["Shift", "j"], label: "Select and go down", group: "Decide" },
  selectPrevious: { hotkeys: ["shift+k"], keys: ["Shift", "k"], label: "Select and go up", group: "Decide" },
  cancel: { hotkeys: ["escape"], keys: ["Esc"], label: "Cancel, or clear the selection", group: "Decide" },
  auditRight: { hotkeys: ["y"], keys: ["y"], label: "The rule was right", group: "Decide" },
  auditWrong: { hotkeys: ["n"], keys: ["n"], label: "The rule was wrong", group: "Decide" },
  keepOurs: { hotkeys: ["1"], keys: ["1"], label: "Keep ours", group: "Conflict" },
  keepTheirs: { hotkeys: ["2"], keys: ["2"], label: "Keep theirs", group: "Conflict" },
  keepBoth: { hotkeys: ["3"], keys: ["3"], label: "Keep both", group: "Conflict" },
  writeOwn: { hotkeys: ["4"], keys: ["4"], label: "Write what is to stand there", group: "Conflict" },
  commitChoice: {
    hotkeys: ["mod+enter"],
    keys: ["⌘/Ctrl", "Enter"],
    label: "Commit the choice",
    group: "Conflict",
    isForTyping: true,
  },
  noteHistory: { hotkeys: ["h"], keys: ["h"], label: "Its history", group: "Note" },
  noteBlame: { hotkeys: ["b"], keys: ["b"], label: "Who wrote each line", group: "Note" },
  noteRead: { hotkeys: ["t"], keys: ["t"], label: "Its text", group: "Note" },
  write: { hotkeys: ["c"], keys: ["c"], label: "Write a message", group: "Chat" },
  help: { hotkeys: ["?"], keys: ["?"], label: "Show these keys", group: "Go" },
  goReview: { hotkeys: ["g>r"], keys: ["g", "r"], label: "Go to Review", group: "Go" },
  goRuns: { hotkeys: ["g>u"], keys: ["g", "u"], label: "Go to Runs", group: "Go" },
  goMessages: { hotkeys: ["g>m"], keys: ["g", "m"], label: "Go to Messages", group: "Go" },
  goChat: { hotkeys: ["g>c"], keys: ["g", "c"], label: "Go to Chat", group: "Go" },
  goPeople: { hotkeys: ["g>p"], keys: ["g", "p"], label: "Go to People", group: "Go" },
  goSettings: { hotkeys: ["g>e"], keys: ["g", "e"], label: "Go to Settings", group: "Go" },
  goKnowledge: { hotkeys: ["g>k"], keys: ["g", "k"], label: "Go to Knowledge", group: "Go" },
  goSync: { hotkeys: ["g>s"], keys: ["g", "s"], label: "Go to Sync", group: "Go" },
} as const satisfies Record<string, Command>;

export type Command = {
  hotkeys: readonly string[];
  /** The caps to show. */
  keys: readonly string[];
  label: string;
  group: "Move" | "Decide" | "Conflict" | "Note" | "Chat" | "Go";
  /** Also while one writes into a field. */
  isForTyping?: true;
};
export type CommandName = keyof typeof COMMANDS;

export const COMMAND_GROUPS = ["Move", "Decide", "Conflict", "Note", "Chat", "Go"] as const;
