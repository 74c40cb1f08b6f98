import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";

import { nextPath } from "#components/auth/next-path.ts";
import { SignIn } from "#components/auth/sign-in.tsx";

import { app } from "../_server/app.ts";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({ searchParams }: PageProps<"/sign-in">) {
  const { next, error } = await searchParams;
  if (await app().viewer(await headers())) redirect(nextPath(next));
  return <SignIn next={nextPath(next)} isSetUp={await app().isSetUp()} isLinkSpent={error !== undefined} />;
}
