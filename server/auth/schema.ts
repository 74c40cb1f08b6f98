import { z } from "zod";

import { Role } from "#prisma/enums.ts";

export { Role };

/** Who is signed in. */
export type Viewer = { userId: string; name: string; email: string };

const RANK = { viewer: 0, reviewer: 1, admin: 2 } as const satisfies Record<Role, number>;

/** Whether a role includes another: an admin may do what a reviewer may, a reviewer what a viewer may. */
export function hasRole(actual: Role, needed: Role): boolean {
  return RANK[actual] >= RANK[needed];
}

/** What the first admin fills in. */
export const SetUpInput = z.object({
  token: z.string().min(1),
  name: z.string().trim().min(1, "Tell people who you are.").max(120),
  email: z.email("This is not an e-mail address."),
  password: z
    .string()
    .min(10, "A password has at least 10 characters.")
    .max(128, "A password has at most 128 characters."),
  spaceName: z.string().trim().min(1, "The space needs a name.").max(80),
});
export type SetUpInput = z.infer<typeof SetUpInput>;
