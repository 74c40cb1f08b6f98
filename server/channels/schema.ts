import { z } from "zod";

/** A button under a post: it opens an address, or does what its action says. */
const PostButton = z.object({
  label: z.string().min(1).max(64),
  /** How much it should stand out: what people want, what takes something away, the main thing. */
  style: z.enum(["success", "danger", "primary"]).optional(),
  url: z.string().optional(),
  /** Opaque here: whoever posts it knows what it means when it is pressed. Never shown to a chat. */
  action: z.record(z.string(), z.unknown()).optional(),
});
export type PostButton = z.infer<typeof PostButton>;

/** What Winnow says: one text with its buttons, the same on every channel. */
export const PostContent = z.object({
  /** Markdown: paragraphs, bold, italic, code, lists, quotes, links. Text from elsewhere in it is escaped by whoever puts it in. */
  text: z.string(),
  /** Rows of buttons. */
  buttons: z.array(z.array(PostButton)).default([]),
  /** Whether it is under way, so that more will follow in its place. */
  isWorking: z.boolean().default(false),
});
export type PostContent = z.output<typeof PostContent>;
