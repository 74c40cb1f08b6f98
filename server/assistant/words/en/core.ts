/** What the assistant says of any request, in English. ICU messages. */
export const core = {
  stage: {
    received: "Got it. I'll wait {seconds, plural, one {a second} other {# seconds}} in case you add more.",
    reading: "Reading…",
    searching: "Searching the notes…",
    thinking: "Thinking…",
    queued:
      "{ahead, plural, =0 {Next in the queue of the knowledge base.} one {One write is before it in the queue of the knowledge base.} other {# writes are before it in the queue of the knowledge base.}}",
    writing: "Writing…",
    later: "You asked a lot in the last minute. This one begins at {time}.",
    again: "That did not work right now. Trying again…",
  },
  failed: {
    title: "That did not work.",
    bug: "Something went wrong inside Winnow. Nothing was written. An admin finds more under {reference}.",
    interrupted: "Winnow was restarted in the middle of it. Nothing was written; try again if you still want it.",
    tooMany: "You have {count} requests waiting. This one was not taken; send it again at {time}.",
    nothing: "There is nothing in this message that I could work with.",
  },
  cancelled: "Cancelled. Nothing was written.",
  took: "{seconds, number, ::.0} s",
  byRules: "Written by the rules engine, not by a model.",
  fellBack: "The model did not answer; the rules engine did.",
  button: {
    process: "Process now",
    cancel: "Cancel",
    retry: "Try again",
    undo: "Undo",
    open: "Open",
    close: "Close",
    back: "Back",
  },
  tap: {
    gone: "This button has served its time.",
    notYours: "This one is for somebody else.",
    role: "This needs the role {role} in the dashboard, and your chat account linked to it.",
    done: "Done.",
    late: "That is decided already.",
    cancelling: "Cancelling…",
    waits: "Someone changed the same lines since. Both versions wait on the Sync page for a reviewer to choose.",
    underWay: "That is kept, and is done as soon as the knowledge base is free.",
  },
} as const;
