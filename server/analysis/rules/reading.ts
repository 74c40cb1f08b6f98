/** Who is to do something, as the sentence says it. */
export type Who =
  | { type: "author" }
  /** The one spoken to: "can you". */
  | { type: "listener" }
  | { type: "named"; name: string }
  /** "someone", "we": nobody in particular. */
  | { type: "anyone" };

/** What one sentence does in a conversation. */
export type Reading = {
  kind:
    | "request"
    | "idea"
    | "commitment"
    | "decision"
    | "question"
    | "problem"
    | "blocker"
    | "risk"
    | "solution"
    | "requirement"
    | "insight"
    | "pattern"
    // Answers: they say something only about what stands before them.
    | "agreement"
    | "refusal"
    | "done";
  /** What is to be done ("renew the permit by Friday") or what is the case; "" where it only points back ("I'll do it"). */
  action: string;
  who: Who;
  /** 0 to 1: how clear the wording is. */
  sureness: number;
};

export const ANYONE: Who = { type: "anyone" };
export const AUTHOR: Who = { type: "author" };
export const LISTENER: Who = { type: "listener" };
