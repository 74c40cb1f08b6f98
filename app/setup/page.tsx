import type { Metadata } from "next";
import { connection } from "next/server";

import { SetUp } from "#components/auth/set-up.tsx";

import { app } from "../_server/app.ts";

export const metadata: Metadata = { title: "Set up" };

export default async function SetUpPage({ searchParams }: PageProps<"/setup">) {
  await connection();
  const { token } = await searchParams;
  return <SetUp token={typeof token === "string" ? token : null} isSetUp={await app().isSetUp()} />;
}
