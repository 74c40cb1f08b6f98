import { z } from "zod";

/** What figures can be told apart by. */
export const Split = z.enum(["none", "kind", "band", "model", "prompt"]);
export type Split = z.infer<typeof Split>;

/** A time, from the start on, up to but without the end. */
export const FiguresOf = z.object({
  from: z.date().min(new Date(0)).max(new Date("9999-12-31T23:59:59.999Z")),
  to: z.date().min(new Date(0)).max(new Date("9999-12-31T23:59:59.999Z")),
});
