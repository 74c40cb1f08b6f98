// A process that announces the log to a Pusher server and does nothing else, so that a test can kill it.
// argv: database url, settings as JSON. Says "started" to its parent; ends on "stop" or with its parent.
import { closeDb, openDb } from "#server/lib/db.ts";
import { createLog } from "#server/lib/log.ts";
import { startPublisher } from "#server/realtime/index.ts";

const [databaseUrl, settings] = process.argv.slice(2);
const db = openDb(databaseUrl!);
const publisher = await startPublisher({ db, log: createLog({ level: "silent" }), settings: JSON.parse(settings!) });
const stop = async () => {
  await publisher.stop();
  await closeDb(db);
  process.disconnect();
};
process.on("message", () => void stop());
process.on("disconnect", () => process.exit());
process.send!("started");
