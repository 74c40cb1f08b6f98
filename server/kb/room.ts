import type { FileRules } from "./kb.ts";
import type { KbLock } from "./lock.ts";
import type { Fetcher } from "./remote/fetch.ts";
import type { Remote } from "./remote/remote.ts";
import type { Unit } from "./unit.ts";
import type { Repository } from "./git/repository.ts";
import type { WorkTree } from "./work-tree/work-tree.ts";

/** All that work on one knowledge base needs. */
export type Room = {
  kbId: string;
  spaceId: string;
  /** The data folder that this process sees. */
  homeId: string;
  repository: Repository;
  lock: KbLock;
  workTree: WorkTree;
  files: FileRules;
  /** What waits for its turn in this process, in order. */
  waiting: Unit[];
  /** Null for a knowledge base that is local only. */
  remote: (Remote & { fetcher: Fetcher }) | null;
};
