import { z } from "zod";

import { Role } from "#prisma/enums.ts";

export { Role };

/** Who is signed in. */
export type Viewer = { userId: string; name: string; email: string };

/** What every page knows of the space it is in. */
export type SpaceInfo = { id: string; slug: string; name: string; timeZone: string };

const RANK = { viewer: 1, reviewer: 2, admin: 3 } as const satisfies Record<Role, number>;

/** Whether a role allows what another one is needed for: an admin may do everything, a reviewer what a viewer may. */
export function hasRole(actual: Role, needed: Role): boolean {
  return RANK[actual] >= RANK[needed];
}

/** Where server/web writes down which page was asked for, so that sign-in can lead back to it. */
export const WANTED_PATH_HEADER = "x-winnow-wanted-path";

export const MIN_PASSWORD_LENGTH = 10;
/** More would only make hashing slow. */
export const MAX_PASSWORD_LENGTH = 128;

const Email = z.string().trim().toLowerCase().pipe(z.email("This is not an e-mail address, such as nora@example.org."));

/** What the form of the first admin sends. */
export const SetUpInput = z.object({
  token: z.string().min(1, "The address has no token in it. Open the address that was printed when Winnow started."),
  name: z.string().trim().min(1, "Say how you want to be called.").max(120, "A name has at most 120 characters."),
  email: Email,
  password: z
    .string()
    .min(MIN_PASSWORD_LENGTH, `A password has at least ${MIN_PASSWORD_LENGTH} characters.`)
    .max(MAX_PASSWORD_LENGTH, `A password has at most ${MAX_PASSWORD_LENGTH} characters.`),
  spaceName: z.string().trim().min(1, "Name the team or project.").max(80, "A name has at most 80 characters."),
  /** Days and times of the space are meant in this zone. */
  timeZone: z.string().refine(isTimeZone, "This is not a time zone, such as Europe/Helsinki.").default("UTC"),
});
export type SetUpInput = z.input<typeof SetUpInput>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
