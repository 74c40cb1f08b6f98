import type { Metadata } from "next";

import { KnowledgeOverview } from "#components/knowledge/overview.tsx";

export const metadata: Metadata = { title: "Knowledge" };

export default KnowledgeOverview;
