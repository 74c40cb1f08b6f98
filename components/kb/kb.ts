import type { Outputs } from "#components/trpc/client.tsx";

/** Of a space that has a repository. */
export type KbStatus = NonNullable<Outputs["kb"]["status"]>;
export type KbQueue = Outputs["kb"]["queue"];
export type Operation = Outputs["kb"]["operations"]["items"][number];
export type LockTimes = Outputs["kb"]["lockTimes"];
export type ConflictLine = Outputs["kb"]["conflicts"]["items"][number];
export type Conflict = Outputs["kb"]["conflict"];
export type ConflictedFile = Conflict["files"][number];
export type Home = Outputs["kb"]["homes"]["items"][number];

/** A commit as people say it. */
export const shortHash = (hash: string) => hash.slice(0, 8);

/** The name of a file without its folders. */
export const fileName = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** Whether an operation still changes by itself, before it is committed. */
export const isUnderWay = (status: Operation["status"]) => status === "queued" || status === "running";
