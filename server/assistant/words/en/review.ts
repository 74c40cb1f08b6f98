/** What the assistant says of proposals and their review, in English. */
export const review = {
  kind: { task: "Task", topic: "Topic", atom: "Fact", note: "Note" },
  change: {
    plain: "A new file in the knowledge base.",
    topic: "A new file in the knowledge base, under “{topic}”.",
  },
  evidence: {
    strong: "Strong evidence.",
    fair: "Fair evidence.",
    weak: "Weak evidence: check it.",
    none: "No quote holds for this one.",
  },
  changedSince: "changed since",
  putBack: "Put back by {who}, {when}: {reason}",
  putBackSilently: "Put back by {who}, {when}.",
  decided: {
    approved: "Approved",
    rejected: "Rejected",
    merged: "Merged",
    by: "By {who}, {when}.",
    into: "Into “{title}”.",
  },
  more: "{count, plural, one {And one more waits.} other {And # more wait.}}",
  noMore: "No more proposals wait.",
  recorded: "Recorded: {title}",
  recordedNoMore: "Not recorded any more, a reviewer looks at it again: {title}",
  button: {
    approve: "Approve",
    reject: "Reject",
    merge: "Merge into {title}",
    dashboard: "Open in the dashboard",
    next: "Show the next",
    object: "Not what we meant",
  },
  tap: {
    approved: "Approved.",
    rejected: "Rejected.",
    merged: "Merged.",
    pending: "Put back.",
    none: "No more proposals wait.",
    late: {
      approved: "{who} has approved it already, {when}.",
      rejected: "{who} has rejected it already, {when}.",
      merged: "{who} has merged it already, {when}.",
      pending: "{who} has changed it, {when}. Look at it again, then decide.",
    },
  },
  objection: {
    ask: "{who}, what should “{title}” say instead? Reply to this message within ten minutes, in one message.",
    done: "Thank you. I took “{title}” back. A reviewer will look at it with your comment.",
    already: "A reviewer is looking at “{title}” again already.",
    late: "That came more than ten minutes after I asked, so nothing was changed. Press “Not what we meant” once more to object to “{title}”.",
    empty:
      "There are no words in that, so nothing was changed. Press “Not what we meant” once more to object to “{title}”.",
    stuck:
      "“{title}” cannot be taken back by itself, because something else was built on it. The reviewers are told what you wrote.",
    gone: "This is not there any more.",
    told: "{who} says of “{title}” that it is not what was meant: {reason}",
  },
} as const;
