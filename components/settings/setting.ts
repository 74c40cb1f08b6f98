import type { Outputs } from "#components/trpc/client.tsx";

/** A setting of the space with what can be put in for it. */
export type Setting = Outputs["settings"]["list"][number];

/** What a choice is called: its word in the description, with a capital. */
export const choiceName = (option: string) => option.charAt(0).toUpperCase() + option.slice(1);

/** A value as people read it, with what it counts. */
export function valueInWords(setting: Pick<Setting, "kind" | "unit">, value: Setting["value"]): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "number") return [value.toLocaleString("en-GB"), setting.unit].filter(Boolean).join(" ");
  if (value === "") return "empty";
  return setting.kind.type === "choice" ? choiceName(value) : value;
}

/**
 * The value that typed words mean. What is no number goes to the server as it stands, to be told there what it may be.
 * `1 000` and `1,000` are a thousand, as the page writes it itself.
 */
export function typedValue({ kind }: Pick<Setting, "kind">, typed: string): Setting["value"] {
  const plain = typed.trim();
  if (kind.type !== "number") return plain;
  const digits = plain.replaceAll(/[\s_]|(?<=\d),(?=\d{3}(?!\d))/g, "");
  return /^[+-]?\d+(\.\d+)?$/.test(digits) ? Number(digits) : plain;
}
