import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";

import { expect, onTestFinished, test } from "vitest";

import { pdfLine, pdfOf } from "#tests/support/files.ts";

import { fetchPage } from "./page.ts";

const NEVER = new AbortController().signal;

/** A site on this machine, gone after the test; pages are read with the one exception that lets it be reached. */
async function startSite(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const allowPrivate = (address: string, at: number) => address === "127.0.0.1" && at === port;
  const fetch = (path: string, resolve?: (name: string) => Promise<string[]>) =>
    fetchPage(path.startsWith("/") ? `http://127.0.0.1:${port}${path}` : path, {
      signal: NEVER,
      allowPrivate,
      ...(resolve && { resolve }),
    });
  return { port, asked, fetch, url: `http://127.0.0.1:${port}` };
}

/** A site that answers everything with one body. */
const siteOf = (body: string | Buffer, headers: Record<string, string> = {}, status = 200) =>
  startSite(
    (_request, response) => void response.writeHead(status, { "content-type": "text/html", ...headers }).end(body),
  );

const sendTo = (location: string) => siteOf("", { location }, 302);

const unreadable = (why: RegExp) => ({ type: "unreadable", url: expect.any(String), why: expect.stringMatching(why) });

const ARTICLE = `<html><head><title>The plan</title></head><body><article><h1>Plan</h1>${"<p>We start on Tuesday.</p>".repeat(20)}</article></body></html>`;

test("a page is read with its title, by a plain agent without cookies", async () => {
  const site = await siteOf(ARTICLE, { "set-cookie": "a=b" });
  const page = await site.fetch("/x?q=1#part");
  expect(page).toMatchObject({ type: "page", url: `${site.url}/x?q=1#part`, title: "The plan", isCut: false });
  expect(page).toMatchObject({ text: expect.stringContaining("We start on Tuesday.\n\nWe start on Tuesday.") });
  expect(site.asked[0]?.url).toBe("/x?q=1");
  expect(site.asked[0]?.headers["user-agent"]).toBe("Winnow");
  expect(site.asked[0]?.headers).not.toHaveProperty("cookie");
});

test.each([
  ["text/plain", "just words"],
  ["text/markdown; charset=utf-8", "# Heading"],
  ["application/json", '{"a":1}'],
  ["application/ld+json", '{"a":2}'],
])("%s is read as it is", async (type, text) => {
  const site = await siteOf(text, { "content-type": type });
  expect(await site.fetch("/")).toEqual({ type: "page", url: `${site.url}/`, title: null, text, isCut: false });
});

test("a PDF is read, and not what claims to be a picture or nothing", async () => {
  const file = pdfOf([pdfLine("In the PDF")], { title: "Paper" });
  const paper = await siteOf(file, { "content-type": "application/pdf" });
  expect(await paper.fetch("/")).toMatchObject({ type: "page", title: "Paper", text: "In the PDF" });
  const picture = await siteOf("x", { "content-type": "image/png" });
  expect(await picture.fetch("/")).toEqual(unreadable(/no page and no text/));
});

test("a page in an encoding that it names is read", async () => {
  const words = Buffer.from([0xf0, 0xcc, 0xc1, 0xce]);
  const byHeader = await siteOf(words, { "content-type": "text/plain; charset=koi8-r" });
  expect(await byHeader.fetch("/")).toMatchObject({ text: "План" });
  const byItself = await siteOf(Buffer.concat([Buffer.from('<html><meta charset="koi8-r"><body><p>'), words]));
  expect(await byItself.fetch("/")).toMatchObject({ text: "План" });
});

test.each([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
])("a page packed as %s is unpacked, and a bomb is cut", async (encoding, pack) => {
  const headers = { "content-type": "text/plain", "content-encoding": encoding };
  const site = await siteOf(pack(Buffer.from("packed words")), headers);
  expect(await site.fetch("/")).toMatchObject({ type: "page", text: "packed words" });
  const bomb = await siteOf(pack(Buffer.alloc(200_000_000, "boom ")), headers);
  const page = await bomb.fetch("/");
  expect(page).toMatchObject({ type: "page", isCut: true });
  const damaged = await siteOf(pack(Buffer.from("packed words")).subarray(0, 10), headers);
  expect(await damaged.fetch("/")).toEqual(unreadable(/damaged|broke off/));
});

test("a body that never ends is cut", async () => {
  const site = await startSite((_request, response) => {
    response.writeHead(200, { "content-type": "text/plain" });
    const more = () => {
      while (!response.destroyed && response.write("and so on ".repeat(1000)));
    };
    response.on("drain", more);
    more();
  });
  expect(await site.fetch("/")).toMatchObject({ type: "page", isCut: true });
});

test("a site that hangs before or within its answer is given up", async () => {
  const silent = await startSite(() => undefined);
  const stuck = await startSite((_request, response) => {
    response.writeHead(200, { "content-type": "text/plain" }).write("a");
  });
  const pages = await Promise.all([silent.fetch("/"), stuck.fetch("/")]);
  for (const page of pages) expect(page).toEqual(unreadable(/did not answer within 5 seconds/));
});

test("a site that goes on in another protocol is given up", async () => {
  const site = await startSite((_request, response) => {
    response.socket?.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n");
  });
  expect(await site.fetch("/")).toEqual(unreadable(/./));
});

test("a name that is never looked up to the end is given up", async () => {
  const page = await fetchPage("http://a.example/", { signal: NEVER, resolve: () => new Promise(() => undefined) });
  expect(page).toEqual(unreadable(/did not answer within 5 seconds/));
});

test("redirects are followed, five at most, and the last address is told", async () => {
  const site = await startSite((request, response) => {
    const at = Number(request.url?.slice(1));
    if (at > 0) response.writeHead(301, { location: `/${at - 1}` }).end();
    else response.writeHead(200, { "content-type": "text/plain" }).end("here");
  });
  expect(await site.fetch("/5")).toMatchObject({ type: "page", url: `${site.url}/0`, text: "here" });
  expect(await site.fetch("/6")).toEqual(unreadable(/more than 5 times/));
  const loop = await sendTo("/");
  expect(await loop.fetch("/")).toEqual(unreadable(/more than 5 times/));
  expect(loop.asked.length).toBe(6);
});

test.each([
  ["http://169.254.169.254/latest/meta-data/", /private network/],
  ["http://[fd00:ec2::254]/", /private network/],
  ["http://127.0.0.1/", /private network/],
  ["//10.0.0.1/", /private network/],
  ["file:///etc/passwd", /http and https/],
  ["data:text/plain,x", /http and https/],
  ["http://user:pass@example.com/", /user name or a password/],
  ["http://", /no address/],
])("a redirect to %s is not followed", async (location, why) => {
  const site = await sendTo(location);
  expect(await site.fetch("/")).toEqual(unreadable(why));
});

test("a page that is not there says so", async () => {
  const site = await siteOf("gone", {}, 404);
  expect(await site.fetch("/")).toEqual(unreadable(/answered 404/));
  const nowhere = await siteOf("", {}, 302);
  expect(await nowhere.fetch("/")).toEqual(unreadable(/does not say where to/));
  const broken = await startSite((request) => request.socket.destroy());
  expect(await broken.fetch("/")).toEqual(unreadable(/could not be reached, or broke off/));
});

test.each([
  ...[
    "http://127.0.0.1/",
    "http://localhost/",
    "http://2130706433/",
    "http://0177.0.0.1/",
    "http://0x7f.1/",
    "http://127.1/",
  ],
  ...[
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://0/",
  ],
  ...["http://[2002:7f00:1::]/", "http://169.254.169.254/", "http://①②⑦.0.0.1/", "http://localhost:8080/"],
])("%s is a private address, however it is spelled", async (url) => {
  expect(await fetchPage(url, { signal: NEVER })).toEqual(unreadable(/private network/));
});

test.each([
  ["ftp://example.com/", /http and https/],
  ["http://example.com:22/", /unusual port/],
  ["https://user@example.com/", /user name or a password/],
  ["not an address", /no address/],
  [`https://example.com/${"x".repeat(5000)}`, /no address/],
])("%s is not opened", async (url, why) => {
  const resolve = () => Promise.reject(new Error("No name is to be looked up for this."));
  expect(await fetchPage(url, { signal: NEVER, resolve })).toEqual(unreadable(why));
});

test("a server of one's own is reached at its own port alone", async () => {
  const site = await siteOf("here", { "content-type": "text/plain" });
  const other = await siteOf("secret", { "content-type": "text/plain" });
  expect(await site.fetch("/")).toMatchObject({ type: "page" });
  expect(await site.fetch(`${other.url}/`)).toEqual(unreadable(/private network/));
  expect(other.asked).toEqual([]);
});

test("a name with one private address among public ones is not opened", async () => {
  const site = await siteOf("secret", { "content-type": "text/plain" });
  const page = await site.fetch(`http://mixed.example:${site.port}/`, () => Promise.resolve(["127.0.0.1", "10.0.0.1"]));
  expect(page).toEqual(unreadable(/private network/));
  const both = await fetchPage("http://mixed.example/", {
    signal: NEVER,
    resolve: () => Promise.resolve(["93.184.216.34", "::1"]),
  });
  expect(both).toEqual(unreadable(/private network/));
});

test("a name is looked up once, and the connection goes to the address that was checked", async () => {
  const site = await siteOf("here", { "content-type": "text/plain" });
  const answers = [["127.0.0.1"], ["10.0.0.1"]];
  const page = await site.fetch(`http://rebinding.example:${site.port}/`, () => Promise.resolve(answers.shift() ?? []));
  // The system knows no such name: whatever was reached was reached by the address given.
  expect(page).toMatchObject({ type: "page", text: "here" });
  expect(site.asked[0]?.headers.host).toBe(`rebinding.example:${site.port}`);
  expect(answers).toEqual([["10.0.0.1"]]);
});

test("a name is looked up anew for each redirect", async () => {
  const site = await startSite((request, response) => {
    response.writeHead(302, { location: `http://${request.headers.host}/again` }).end();
  });
  const answers = [["127.0.0.1"], ["10.0.0.1"]];
  const page = await site.fetch(`http://rebinding.example:${site.port}/`, () => Promise.resolve(answers.shift() ?? []));
  expect(page).toEqual(unreadable(/private network/));
  expect(site.asked.length).toBe(1);
});

test("a name that leads nowhere says so", async () => {
  const resolve = () => Promise.reject(new Error("ENOTFOUND"));
  expect(await fetchPage("http://nowhere.example/", { signal: NEVER, resolve })).toEqual(
    unreadable(/no site of that name/),
  );
});

test("only an aborted signal makes it throw", async () => {
  const site = await startSite(() => undefined);
  const stop = new AbortController();
  const given = { signal: stop.signal, allowPrivate: () => true };
  const reading = fetchPage(`${site.url}/`, given);
  await expect.poll(() => site.asked.length).toBe(1);
  stop.abort();
  await expect(reading).rejects.toMatchObject({ name: "AppError", code: "cancelled" });
  await expect(fetchPage(`${site.url}/`, given)).rejects.toMatchObject({ code: "cancelled" });
  expect(site.asked.length).toBe(1);
});
