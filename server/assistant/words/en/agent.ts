/** What the assistant says of tasks, in English. */
export const agent = {
  done: "Task done",
  files: "Files:",
  nothing: "Task done: nothing had to be changed",
  undone: "Task taken back",
  parked: "Task done, but not written: others changed the same places",
  parkedWay: "Both versions are kept. A reviewer chooses on the Sync page which is to stand.",
  written: "The task was done and written, but Winnow was restarted before it could say what it did.",
  plan: "Plan",
  steps: "{count, plural, one {# step} other {# steps}} so far",
  tools: "Tools: {tools}",
  spent: "{steps, plural, one {# answer} other {# answers}} of the model, {tokens, number} tokens",
  cost: "{cents, number, ::.00} ¢",
  moreFiles: "{count, plural, one {# more file} other {# more files}}",
  change: { added: "New", changed: "Changed", removed: "Removed" },
  button: { diff: "See the changes" },
  noModel:
    "A task needs a model, and none is set up here. Nothing was done. /note and /ask work without one; an admin can set OPENAI_API_KEY or OPENAI_BASE_URL.",
  noWords: "Say in your own words, behind /agent, what is to be done. Nothing was done.",
  limit: {
    steps:
      "The task was not done after {most, plural, one {# answer} other {# answers}} of the model, which is the most that it may take.",
    seconds:
      "The task was not done after {most, plural, one {# second} other {# seconds}}, which is the longest that it may take.",
    tokens: "The task needs more than {most, number} tokens, which is the most that it may take.",
    cents: "The task costs more than {most, number} US cents, which is the most that it may.",
    soFar: "So far: {steps, plural, one {# answer} other {# answers}} of the model, with {tools}.",
    files: "Files:",
    nothing: "It had not begun.",
    wayOut: "Nothing was written. Give it in smaller parts, or ask an admin to raise the limit in the settings.",
  },
} as const;
