"use client";

import Link from "next/link";
import { type ReactNode, useActionState } from "react";

import { Alert } from "#components/ui/alert.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { MIN_PASSWORD_LENGTH, SetUpInput } from "#server/auth/schema.ts";

import { post, textOf } from "./form.ts";
import { Frame } from "./frame.tsx";
import { PasswordInput } from "./password-input.tsx";

/**
 * @param token from the address that was printed at start; null when this address has none
 * @param isSetUp whether someone was first
 */
export function SetUp({ token, isSetUp }: { token: string | null; isSetUp: boolean }) {
  if (isSetUp) return <SetUpAlready />;
  if (token === null) return <NoToken />;
  return (
    <Frame title="Set up Winnow" lead="Make your account and the first space. You will be its admin.">
      <SetUpForm token={token} />
    </Frame>
  );
}

type State = {
  /** All but the password, which has to be typed again. */
  typed: { spaceName: string; name: string; email: string };
  /** What is wrong with a field, by its name. */
  faults: Partial<Record<string, string>>;
  /** What is wrong with the whole. */
  problem: string | null;
  outcome: "open" | "done" | "too-late";
};

const FRESH: State = {
  typed: { spaceName: "", name: "", email: "" },
  faults: {},
  problem: null,
  outcome: "open",
};

function SetUpForm({ token }: { token: string }) {
  const setUp = async (_before: State, form: FormData): Promise<State> => {
    const typed = { spaceName: textOf(form, "spaceName"), name: textOf(form, "name"), email: textOf(form, "email") };
    const parsed = SetUpInput.safeParse({
      ...typed,
      token,
      password: textOf(form, "password"),
      timeZone: zoneOfBrowser(),
    });
    if (!parsed.success) {
      const faults = Object.fromEntries(
        parsed.error.issues.toReversed().map((issue) => [String(issue.path[0]), issue.message]),
      );
      return { typed, faults, problem: faults.token ?? null, outcome: "open" };
    }
    const answer = await post("/api/setup", parsed.data);
    if (answer.isOk) {
      window.location.assign("/");
      return { ...FRESH, typed, outcome: "done" };
    }
    const outcome = answer.status === 409 ? "too-late" : "open";
    return { ...FRESH, typed, problem: answer.message, outcome };
  };
  const [state, submit, isPending] = useActionState(setUp, FRESH);
  const isBusy = isPending || state.outcome === "done";
  const { typed, faults } = state;

  if (state.outcome === "too-late") return <TooLate>{state.problem}</TooLate>;
  return (
    <form action={submit} noValidate className="flex flex-col gap-4">
      {state.problem && <Alert tone="danger">{state.problem}</Alert>}
      <Field
        id="spaceName"
        label="Team or project"
        hint="The space that its chats, proposals and notes belong to."
        error={faults.spaceName}
      >
        <Input {...control("spaceName", faults)} autoComplete="organization" defaultValue={typed.spaceName} />
      </Field>
      <Field id="name" label="Your name" hint="As others see it next to what you decide." error={faults.name}>
        <Input {...control("name", faults)} autoComplete="name" defaultValue={typed.name} />
      </Field>
      <Field id="email" label="E-mail address" hint="You sign in with it. Nothing is sent to it." error={faults.email}>
        <Input {...control("email", faults)} type="email" autoComplete="username" defaultValue={typed.email} />
      </Field>
      <Field
        id="password"
        label="Password"
        hint={`At least ${MIN_PASSWORD_LENGTH} characters. A few words are easier to keep than signs.`}
        error={faults.password}
      >
        <PasswordInput {...control("password", faults)} autoComplete="new-password" />
      </Field>
      <Button type="submit" variant="primary" size="lg" isBusy={isBusy}>
        {isBusy ? "Setting up" : "Set up Winnow"}
      </Button>
    </form>
  );
}

/** What ties a control to its label, its hint and its fault. */
function control(id: string, faults: State["faults"]) {
  return {
    id,
    name: id,
    required: true,
    fieldSize: "lg" as const,
    "aria-describedby": `${id}-help`,
    "aria-invalid": faults[id] !== undefined || undefined,
  };
}

function SetUpAlready() {
  return (
    <Frame title="Winnow is set up already">
      <TooLate>Someone has made the first account. The address that was printed at start no longer works.</TooLate>
    </Frame>
  );
}

function TooLate({ children }: { children: ReactNode }) {
  return (
    <>
      <Alert tone="warning">{children}</Alert>
      <Link href="/sign-in" className={buttonStyle({ variant: "primary", size: "lg" })}>
        Sign in
      </Link>
    </>
  );
}

function NoToken() {
  return (
    <Frame title="This address is not complete">
      <p className="text-pretty text-soft">
        When Winnow starts it prints an address that ends with <code className="font-mono text-sm">/setup?token=…</code>
        : open that one, with all that follows. Each start prints a new one, and it works once, for a day.
      </p>
    </Frame>
  );
}

const zoneOfBrowser = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;
