/** What the assistant says of notes, in English. */
export const note = {
  done: "Note written",
  proposed: "Sent to the reviewers as a proposal",
  deleted: "Note deleted",
  undone: "Note taken back",
  duplicate: "This is in the knowledge base already",
  related: "Related:",
  sources: "Sources",
  files: "Files",
  links: "Links",
  askDelete: "Delete “{title}”? It stays in the history and can be brought back.",
  askText: "Send the new text of “{title}” as your next message, or /cancel.",
  edited: "The new text is being written.",
  button: {
    view: "View",
    edit: "Edit",
    delete: "Delete",
    deleteSure: "Yes, delete it",
    keep: "Keep it",
  },
  problem: {
    tooLarge: "{name} is larger than what the bot can fetch ({size}); only its name is kept.",
    failed: "{name} could not be fetched; only its name is kept.",
    unreadable: "{name} is kept as it is: {why}",
    notHeard: "{name} is kept as it is; nothing here can listen to it.",
    link: "{url} could not be read: {why}",
  },
} as const;
