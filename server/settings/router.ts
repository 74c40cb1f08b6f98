import { z } from "zod";

import { router, spaceProcedure } from "#server/trpc/base.ts";

import { listSettings } from "./read.ts";
import { SettingKey } from "./registry.ts";
import { setSetting } from "./write.ts";

export const settingsRouter = router({
  list: spaceProcedure("admin").query(({ ctx, input }) => listSettings(ctx, input)),
  set: spaceProcedure("admin")
    .input(z.object({ key: SettingKey, value: z.unknown() }))
    .mutation(({ ctx, input }) => setSetting(ctx, input)),
});
