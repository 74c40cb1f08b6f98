import { toast } from "#components/ui/toast.tsx";

/** Ends the session of this browser and goes to the sign-in page; says so when that did not work. */
export async function signOut(): Promise<void> {
  const response = await fetch("/api/auth/sign-out", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  }).catch(() => null);
  if (response?.ok) window.location.assign("/sign-in");
  else toast.error("You are still signed in: the server could not be reached. Try again.");
}
