import { runMigrations } from "graphile-worker";

/** Makes or updates the queue's own schema, `graphile_worker`. */
export async function prepareQueue(connectionString: string): Promise<void> {
  await runMigrations({ connectionString });
}
