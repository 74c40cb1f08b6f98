import { Alert } from "#components/ui/alert.tsx";
import { Moment } from "#components/ui/time.tsx";
import type { Outputs } from "#components/trpc/client.tsx";

/** When runs start without anybody, and why the last one of the schedule did not. Nothing where none do. */
export function ByItself({
  byItself: { automatic, nextScheduledAt, scheduleSkipped },
}: {
  byItself: Outputs["runs"]["list"]["byItself"];
}) {
  if (!automatic && !nextScheduledAt) return null;
  return (
    <div className="flex flex-col gap-2 border-b px-4 py-2.5 text-sm text-soft md:px-6">
      {scheduleSkipped && <Alert tone="warning">{scheduleSkipped}</Alert>}
      {nextScheduledAt && (
        <p>
          The next run of the schedule: <Moment at={nextScheduledAt} />.
        </p>
      )}
      {automatic && (
        <p>
          A run starts by itself when a chat has {automatic.messages} new messages and has been quiet for{" "}
          {automatic.quietMinutes} min, and no other run is open.
        </p>
      )}
    </div>
  );
}
