import type { ButtonAction } from "./schema.ts";

/** A button that does something. */
export function button(label: string, action: ButtonAction, style?: "success" | "danger" | "primary") {
  return { label, action, ...(style ? { style } : {}) };
}
