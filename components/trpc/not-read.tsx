import { Alert } from "#components/ui/alert.tsx";
import { Button } from "#components/ui/button.tsx";

import { messageOf } from "./query-client.ts";

/** What the server did not give: what that is, why, and a way to ask again. */
export function NotRead({
  title,
  error,
  onRetry,
  className,
}: {
  title: string;
  error: unknown;
  onRetry: () => void;
  className?: string;
}) {
  return (
    <Alert
      tone="danger"
      {...(className === undefined ? {} : { className })}
      title={title}
      action={
        <Button size="sm" onClick={onRetry}>
          Try again
        </Button>
      }
    >
      {messageOf(error)}
    </Alert>
  );
}
