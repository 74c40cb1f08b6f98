import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { onTestFinished } from "vitest";

import type { PostInput } from "#server/channels/index.ts";
import { runTask } from "#server/assistant/agent/mode.ts";
import { type RequestRow, requestRow } from "#server/assistant/request-row.ts";
import type { Outcome, Work } from "#server/assistant/work.ts";
import type { Kb, OperationInput } from "#server/kb/index.ts";
import { isListing } from "#server/knowledge/index.ts";
import type { Ctx } from "#server/lib/ctx.ts";
import { newId } from "#server/lib/ids.ts";
import { fetchPage } from "#server/reading/index.ts";
import { setSetting } from "#server/settings/index.ts";
import type { SettingKey, SettingValue } from "#server/settings/registry.ts";

import { openHome, writing } from "./kb.ts";
import { test as base } from "./llm.ts";

/** What no request, page or commit may ever hold. */
export const GIT_TOKEN = "ghp_very-secret-token-987654";

type TaskOutcome = Omit<Outcome, "result"> & { result: Extract<Outcome["result"], { type: "task" }> };
type Given = {
  prompt: string;
  /** Somebody else's message that the task answers. */
  answers?: string;
  contributorId?: string;
  conversationId?: string;
};

/** `test` with what a task needs: a knowledge base of its own, a person in a chat, a model that is told what to say. */
export const test = base.extend<{ agent: Awaited<ReturnType<typeof openAgent>> }>({
  agent: async ({ ctx, make, llm, spaceId }, use) => {
    const chat = await make.chat({ spaceId });
    const person = await make.contributor({ spaceId, displayName: "Nora Field" });
    const other = await make.contributor({ spaceId, displayName: "Timo Berg" });
    await use(await openAgent(ctx, { spaceId, chatId: chat.id, personId: person.id, otherId: other.id, llm: llm() }));
  },
});

async function openAgent(
  ctx: Ctx,
  given: { spaceId: string; chatId: string; personId: string; otherId: string; llm: Work["deps"]["llm"] },
) {
  const { spaceId, chatId, personId, otherId } = given;
  const home = openHome(ctx, { env: { KB_GIT_TOKEN: GIT_TOKEN } });
  const kb = await home.kbs.open(spaceId);
  const pages: string[] = [];
  let aroundWrite = (write: () => ReturnType<Kb["runOperation"]>, _operation: OperationInput) => write();
  let reach: Partial<Parameters<typeof fetchPage>[1]> = {};
  const deps: Work["deps"] = {
    channels: {},
    llm: given.llm,
    kbs: {
      ...home.kbs,
      open: async (id) => {
        const opened = await home.kbs.open(id);
        return {
          ...opened,
          runOperation: (by, operation, options) =>
            aroundWrite(() => opened.runOperation(by, operation, options), operation),
        };
      },
    },
    appUrl: "https://winnow.example",
    readPage: (url, options) => {
      pages.push(url);
      return fetchPage(url, { ...reach, ...options });
    },
  };
  let count = 0;
  const say = (contributorId: string, text: string, more: object = {}) =>
    ctx.db.prisma.message.create({
      data: {
        ...{ id: newId(), spaceId, chatId, contributorId, externalId: `m${(count += 1)}`, kind: "text", text },
        ...{ sentAt: ctx.now(), ...more },
      },
    });

  /** A request for a task as `claim` hands it over. */
  const give = async ({ prompt, answers, contributorId = personId, conversationId }: Given): Promise<RequestRow> => {
    const id = newId();
    const at = ctx.now();
    const person = { spaceId, chatId, contributorId };
    const conversation = conversationId ?? newId();
    const known = await ctx.db.prisma.conversation.findUnique({ where: { id: conversation } });
    if (!known) {
      await ctx.db.prisma.conversation.create({ data: { id: conversation, ...person, startedAt: at, endedAt: at } });
    }
    await ctx.db.prisma.request.create({
      data: {
        ...{ id, ...person, conversationId: conversation, mode: "agent", status: "working", prompt },
        ...{ createdAt: at, startedAt: at },
      },
    });
    const answered = answers === undefined ? null : await say(otherId, answers);
    await say(contributorId, `/agent ${prompt}`, { requestId: id, replyToExternalId: answered?.externalId ?? null });
    return reread(id);
  };
  const reread = async (requestId: string): Promise<RequestRow> => {
    const row = await requestRow(ctx.db, { requestId });
    if (!row) throw new Error("The request is gone.");
    return row;
  };
  const workOf = (request: RequestRow, signal: AbortSignal, show: (content: PostInput) => void): Work => ({
    ...{ deps, ctx, request, signal, show },
  });

  return {
    ...{ kb: kb as Kb, deps, spaceId, chatId, personId, otherId, give, reread, pages, home },
    /** Something that happens around the write of a task. */
    around: (happening: typeof aroundWrite) => {
      aroundWrite = happening;
    },
    set: <Key extends SettingKey>(key: Key, value: SettingValue<Key>) => setSetting(ctx, { spaceId, key, value }),
    /** Writes notes as somebody else would. */
    write: (files: Record<string, string | null>) =>
      kb.runOperation(ctx, {
        ...writing("x.md", ""),
        plan: async () =>
          Object.entries(files).map(([path, content]) =>
            content === null ? { path, delete: true } : { path, content },
          ),
      }),
    /** Does a task to its end, or until it is stopped. */
    run: async (
      request: RequestRow,
      { signal = new AbortController().signal, show = () => {} }: Partial<Pick<Work, "signal" | "show">> = {},
    ): Promise<TaskOutcome> => {
      const { result, ...outcome } = await runTask(workOf(request, signal, show));
      if (result.type !== "task") throw new Error(`A task became a ${result.type}.`);
      return { ...outcome, result };
    },
    /** Gives a task and does it. */
    task: async function task(this: void, prompt: string, more: Omit<Given, "prompt"> = {}): Promise<TaskOutcome> {
      const { result, ...outcome } = await runTask(
        workOf(await give({ prompt, ...more }), new AbortController().signal, () => {}),
      );
      if (result.type !== "task") throw new Error(`A task became a ${result.type}.`);
      return { ...outcome, result };
    },
    /** A site on this machine that alone of all private addresses may be read. */
    openSite: async (answer: (path: string) => string | null) => {
      const asked: string[] = [];
      const server = createServer((request, response) => {
        asked.push(request.url ?? "");
        const page = answer(request.url ?? "");
        if (page !== null) response.writeHead(200, { "content-type": "text/html" }).end(page);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => {
        server.closeAllConnections();
        server.close();
      });
      const { port } = server.address() as AddressInfo;
      reach = { allowPrivate: (address, at) => address === "127.0.0.1" && at === port };
      return { url: `http://127.0.0.1:${port}`, asked };
    },
    /** Every note of the newest commit, by path. */
    notes: async (): Promise<Record<string, string>> => {
      const tree = await kb.tree();
      const paths = (await tree.list("")).filter((path) => !isListing(path));
      return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, (await tree.read(path)) ?? ""])));
    },
  };
}

/** A note as Winnow writes it. */
export const noteText = (title: string, body: string, more = ""): string =>
  `---\ntype: Note\ntitle: ${title}\n${more}---\n\n${body}\n`;
