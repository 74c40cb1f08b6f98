/** What the assistant says about what it keeps of a person, in English. */
export const me = {
  title: "**What I keep about you**",
  messages: "Messages: {count}",
  files: "Files with them: {count}",
  notes: "Notes that quote you: {count}",
  requests: "Notes, questions and tasks you asked for: {count}",
  memories: "Things I keep in mind for you: {count}",
  linked: "Dashboard account: {name}, {role}",
  linkedOutside: "Dashboard account: {name}, not a member here",
  notLinked: "Dashboard account: none is linked",
  settings: "Settings of your own: {list}",
  noSettings: "Settings of your own: none",
  recorded: "In groups I read along and keep what you say.",
  notRecorded: "In groups I keep nothing of what you say, and do not answer you there, since {since}.",
  askDelete:
    "**Delete what you said?** Your messages with their files, your questions and tasks with my answers, and what I keep in mind for you. Notes and proposals that were made from it stay. This cannot be undone.",
  busy: "{count, plural, one {One thing of yours is still being worked on. I am stopping it} other {# things of yours are still being worked on. I am stopping them}}; press again in a moment.",
  deleted:
    "**Deleted:** {messages, plural, =0 {no messages} one {one message} other {# messages}}, {requests, plural, =0 {no requests} one {one request} other {# requests}}, {memories, plural, =0 {no memories} one {one memory} other {# memories}}.",
  inChat: "What stands in the chat itself stays there; you can delete it in your app.",
  quoted: "These notes quote you and stay:",
  more: "and {count} more",
  closed: "Closed. /me opens it again.",
  button: {
    optOut: "Ignore me in groups",
    optIn: "Hear me in groups again",
    delete: "Delete what I said",
    deleteSure: "Yes, delete it",
    keep: "No, keep it",
  },
} as const;
