"use client";

import { Alert } from "#components/ui/alert.tsx";
import { FactList } from "#components/ui/fact-list.tsx";
import { Said } from "#components/ui/said.tsx";
import { Age } from "#components/ui/time.tsx";

import { FirstFetch } from "./first-fetch.tsx";
import { type KbStatus, shortHash } from "./kb.ts";
import { Section } from "./section.tsx";

/** What the repository is and how it stands, with what went wrong last and why. */
export function Repository({ kb }: { kb: KbStatus }) {
  return (
    <Section title="The repository">
      <div className="mb-3 flex flex-col gap-2 empty:hidden">
        {kb.progress && (
          <div className="rounded-md bg-sunken px-3 py-2.5">
            <p className="mb-1.5 font-medium">It is being fetched for the first time</p>
            <FirstFetch progress={kb.progress} />
          </div>
        )}
        {!kb.hasWorker && (
          <Alert tone="warning" title="No worker looks after it right now">
            Nothing is written or synced until one runs with its data folder. What is decided meanwhile is kept, and
            written then.
          </Alert>
        )}
        {kb.pushFailure && (
          <Alert tone="warning" title="Committed, but not pushed">
            <Said text={kb.pushFailure} />
          </Alert>
        )}
        {kb.syncFailure && kb.syncFailure !== kb.pushFailure && (
          <Alert tone="warning" title="The last sync failed">
            <Said text={kb.syncFailure} />
          </Alert>
        )}
      </div>
      <FactList
        facts={[
          { name: "Branch", value: kb.branch },
          {
            name: "Newest",
            value: kb.headCommit ? (
              <code className="font-mono text-sm" title={kb.headCommit}>
                {shortHash(kb.headCommit)}
              </code>
            ) : (
              "no commit yet"
            ),
          },
          {
            name: "Remote",
            value: kb.remote ? (
              <span className="break-all">{kb.remote}</span>
            ) : (
              "none. Set KB_GIT_REMOTE to keep the notes on a git server as well"
            ),
          },
          { name: "Compared", value: kb.remote && <Compared kb={kb} /> },
          { name: "Last push", value: kb.remote && (kb.pushedAt ? <Age at={kb.pushedAt} inWords /> : "none yet") },
          { name: "Last look", value: kb.syncedAt ? <Age at={kb.syncedAt} inWords /> : "none yet" },
        ]}
      />
    </Section>
  );
}

/** Commits that only one side has, as of the last look. */
function Compared({ kb: { ahead, behind } }: { kb: KbStatus }) {
  if (ahead === null || behind === null) return "not known yet";
  if (ahead === 0 && behind === 0) return "both have the same commits";
  const parts = [
    ...(ahead > 0 ? [`${ahead} ahead: not on the remote yet`] : []),
    ...(behind > 0 ? [`${behind} behind: not taken in yet`] : []),
  ];
  return parts.join("; ");
}
