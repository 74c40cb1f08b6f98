import { parentPort, workerData } from "node:worker_threads";

import { type Extracted, type Task, Unreadable } from "./extracted.ts";

/** Each library is loaded only by the worker that needs it. */
async function open(task: Task): Promise<Extracted> {
  switch (task.kind) {
    case "html":
      return (await import("./html.ts")).readHtml(task.text);
    case "pdf":
      return (await import("./pdf.ts")).readPdf(task.bytes);
    case "zip":
      return (await import("./office.ts")).readOffice(task.bytes);
  }
}

async function answer(task: Task): Promise<Extracted> {
  try {
    return await open(task);
  } catch (error) {
    if (error instanceof Unreadable) return { type: "unreadable", why: error.message };
    // A library's own words for a stranger's file say nothing to a person; the sentence for it is the caller's.
    throw error;
  }
}

parentPort?.postMessage(await answer(workerData));
