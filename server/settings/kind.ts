import { z } from "zod";

/** What a text is: the name of a model, hours of the day as `9-18`, or a schedule of five fields. */
const TextForm = z.enum(["model", "hours", "schedule"]);
export type TextForm = z.infer<typeof TextForm>;

/** What can be put in for a setting: what its schema says. */
export type SettingKind =
  | { type: "toggle" }
  | { type: "choice"; options: string[] }
  | { type: "number"; min: number; max: number }
  | { type: "text"; form: TextForm };

/** What a schema of a setting lets through. */
export function settingKind(schema: z.ZodType): SettingKind {
  const { type, enum: options, minimum, maximum, form } = z.toJSONSchema(schema);
  if (type === "boolean") return { type: "toggle" };
  if (type === "integer" || type === "number") return { type: "number", min: minimum ?? 0, max: maximum ?? 0 };
  return options ? { type: "choice", options: options.map(String) } : { type: "text", form: TextForm.parse(form) };
}

/** Says of the schema of a text what it is. */
export const asForm = (form: TextForm, schema: z.ZodType<string>): z.ZodType<string> => schema.meta({ form });
