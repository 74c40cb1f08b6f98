"use client";

import { useActionState } from "react";

import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";

import { post, textOf } from "./form.ts";
import { Frame } from "./frame.tsx";
import { PasswordInput } from "./password-input.tsx";

/**
 * @param next the page to go to afterwards, one of ours
 * @param isSetUp whether there is anyone who could sign in
 * @param isLinkSpent whether a sign-in link led here because it no longer works
 */
export function SignIn({ next, isSetUp, isLinkSpent }: { next: string; isSetUp: boolean; isLinkSpent: boolean }) {
  if (!isSetUp) return <NotSetUp />;
  return (
    <Frame title="Sign in" lead="With the e-mail address and password of your Winnow account.">
      {isLinkSpent && (
        <Alert tone="warning" title="This sign-in link no longer works">
          Each link works once, for 15 minutes. Sign in with your password, or have a new link made.
        </Alert>
      )}
      <SignInForm next={next} />
    </Frame>
  );
}

type State = { email: string; problem: string | null; isDone: boolean };

function SignInForm({ next }: { next: string }) {
  const signIn = async (_before: State, form: FormData): Promise<State> => {
    const [email, password] = [textOf(form, "email"), textOf(form, "password")];
    if (email === "" || password === "") {
      return { email, problem: "Both the e-mail address and the password are needed.", isDone: false };
    }
    const answer = await post("/api/auth/sign-in/email", { email, password });
    if (!answer.isOk) return { email, problem: answer.message, isDone: false };
    window.location.assign(next);
    return { email, problem: null, isDone: true };
  };
  const [state, submit, isPending] = useActionState(signIn, { email: "", problem: null, isDone: false });
  const fault = state.problem ? { "aria-invalid": true, "aria-describedby": "problem" } : {};
  return (
    <form action={submit} noValidate className="flex flex-col gap-4">
      {state.problem && (
        <div id="problem">
          <Alert tone="danger">{state.problem}</Alert>
        </div>
      )}
      <Field id="email" label="E-mail address">
        <Input
          id="email"
          name="email"
          type="email"
          fieldSize="lg"
          autoComplete="username"
          required
          defaultValue={state.email}
          {...fault}
        />
      </Field>
      <Field id="password" label="Password">
        <PasswordInput
          id="password"
          name="password"
          fieldSize="lg"
          autoComplete="current-password"
          required
          {...fault}
        />
      </Field>
      <Button type="submit" variant="primary" size="lg" isBusy={isPending || state.isDone}>
        {isPending || state.isDone ? "Signing in" : "Sign in"}
      </Button>
    </form>
  );
}

function NotSetUp() {
  return (
    <Frame title="Winnow is not set up yet">
      <p className="text-pretty text-soft">
        Nobody has an account here. When Winnow starts it prints an address that begins with the address of this page
        and goes on with <code className="font-mono text-sm">/setup?token=</code>: open that one to become the first
        admin.
      </p>
    </Frame>
  );
}
