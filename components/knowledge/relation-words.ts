import type { Relation } from "#server/knowledge/schema.ts";

/** What one atom says of another, as a sentence goes on; and the same seen from the other one. */
export const RELATION_WORDS = {
  solves: { out: "solves", in: "is solved by" },
  contradicts: { out: "contradicts", in: "is contradicted by" },
  supports: { out: "supports", in: "is supported by" },
  refines: { out: "refines", in: "is refined by" },
  depends_on: { out: "depends on", in: "is needed by" },
  continues: { out: "continues", in: "is continued by" },
} as const satisfies Record<Relation, { out: string; in: string }>;
