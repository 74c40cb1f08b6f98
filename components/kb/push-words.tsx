"use client";

import { counted } from "#components/review/words.ts";
import { Age } from "#components/ui/time.tsx";

import type { KbStatus } from "./kb.ts";

/** Committed and pushed are told apart. */
export function PushWords({ kb }: { kb: KbStatus }) {
  if (kb.progress) return "being fetched";
  if (!kb.headCommit) return "no commit yet";
  if (kb.remote === null) return "local only, no remote is set";
  if (kb.isPushed && kb.pushedAt) {
    return (
      <>
        pushed <Age at={kb.pushedAt} inWords />
      </>
    );
  }
  if (kb.isPushed) return "the same as on the remote";
  if (kb.pushFailure) return kb.unpushed === 0 ? "not pushed" : `${counted(kb.unpushed, "commit")} not pushed`;
  return "being pushed";
}
