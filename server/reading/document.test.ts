import { deflateSync, gzipSync } from "node:zlib";

import { zipSync } from "fflate";
import fc from "fast-check";
import { expect, test } from "vitest";

import { docxOf, paragraph, pdfLine, pdfOf, pptxOf, xlsxOf, zipOf } from "#tests/support/files.ts";

import { readDocument } from "./document.ts";
import { extract } from "./extract.ts";
import { tidy } from "./tidy.ts";

const NEVER = new AbortController().signal;

const read = (bytes: Buffer | string, name: string | null = null, mime: string | null = null) =>
  readDocument({ bytes: Buffer.from(bytes), name, mime }, { signal: NEVER });

const unreadable = (why: RegExp) => ({ type: "unreadable", why: expect.stringMatching(why) });

const inBytes = (text: string, encoding: "utf-16le" | "windows-1251") =>
  encoding === "utf-16le"
    ? Buffer.from(text, "utf16le")
    : Buffer.from(
        [...text].map((letter) =>
          letter >= "А" && letter <= "я" ? letter.charCodeAt(0) - 0x350 : letter.charCodeAt(0),
        ),
      );

test("plain text is read in UTF-8, in UTF-16 with a mark and in windows-1251", async () => {
  const text = "Решили: запуск во вторник.\nПлан готов.";
  const marked = Buffer.concat([Buffer.from([0xff, 0xfe]), inBytes(text, "utf-16le")]);
  const marks = await Promise.all(
    [text, `\ufeff${text}`, marked, Buffer.from(marked).swap16()].map((bytes) => read(bytes)),
  );
  for (const one of [...marks, await read(inBytes(text, "windows-1251"))]) {
    expect(one).toEqual({ type: "text", text, title: null, isCut: false });
  }
});

test("CSV and Markdown stay as they are, whatever type is claimed", async () => {
  const csv = 'name;sum\n"a, b";10\n';
  expect(await read(csv, "x.csv", "application/octet-stream")).toMatchObject({ text: csv.trim() });
  const markdown = "# Plan\n\n- one\n  - two";
  expect(await read(markdown, "x.md", "text/html")).toMatchObject({ text: markdown });
});

test("the bytes say what a file is, not its name", async () => {
  expect(await read(pdfOf([pdfLine("In the PDF")]), "x.docx", "text/plain")).toMatchObject({ text: "In the PDF" });
  expect(await read("just words", "x.pdf", "application/pdf")).toMatchObject({ text: "just words" });
  expect(await read("BM is a fine start of a sentence", "x.txt")).toMatchObject({ type: "text" });
});

test("a PDF is read page by page, with its title", async () => {
  const file = pdfOf([pdfLine("First page"), pdfLine("Second page")], { title: "The plan" });
  expect(await read(file)).toEqual({
    type: "text",
    text: "First page\n\nSecond page",
    title: "The plan",
    isCut: false,
  });
});

test("a Word file keeps headings, lists and tables, and leaves out what is hidden or deleted", async () => {
  const cell = (text: string) => `<w:tc>${paragraph(text)}</w:tc>`;
  const file = docxOf(
    paragraph("План", '<w:pStyle w:val="1"/><w:tabs><w:tab w:pos="1"/></w:tabs>') +
      paragraph("Tom &amp; Ann", "<w:numPr/>") +
      "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:t>seen</w:t></w:r></w:p>" +
      "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>" +
      `<w:tbl><w:tr>${cell("a")}${cell("b")}</w:tr><w:tr>${cell("c")}${cell("d")}</w:tr></w:tbl>`,
    {
      "docProps/core.xml":
        "<cp:coreProperties><dc:title>Сводка</dc:title><dc:creator>x</dc:creator></cp:coreProperties>",
    },
  );
  expect(await read(file)).toEqual({
    type: "text",
    text: "# План\n\n- Tom & Ann\n\nseen\n\n| a | b |\n| c | d |",
    title: "Сводка",
    isCut: false,
  });
});

test("a PowerPoint file is read in the order of its slides", async () => {
  const slides = Array.from({ length: 11 }, (_one, at) => [`Words ${at + 1}`, "more"]);
  const result = await read(pptxOf(slides));
  expect(result).toMatchObject({ text: expect.stringMatching(/^## Slide 1\n\nWords 1\n\nmore\n\n## Slide 2\n/) });
  expect(result).toMatchObject({ text: expect.stringMatching(/## Slide 10\n\nWords 10\n\nmore\n\n## Slide 11\n/) });
});

test("an Excel file is read row by row, with shared texts, gaps and days", async () => {
  const rows =
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>when</t></is></c></row>' +
    '<row r="1048576"><c r="A1048576"><v>1.5</v></c><c r="C1048576" s="1"><v>45658</v></c><c r="XFD1048576" t="b"><v>1</v></c></row>';
  const result = await read(xlsxOf(rows, ["Сумма"]));
  expect(result).toMatchObject({
    text: `## Budget\n\nСумма\t\twhen\n1.5\t\t2025-01-01${"\t".repeat(21)}TRUE`,
  });
});

test("HTML is read without what is hidden", async () => {
  const page = `<!doctype html><html><head><title>News &amp; more</title><style>p{}</style></head><body><nav>Menu</nav>
    <main><h2>Heading</h2><p>Read <a href="https://a.example">this</a>.<!-- comment --></p><ul><li>one</li><li>two</li></ul>
    <p style="color:red; DISPLAY : none">secret 1</p><p hidden>secret 2</p><script>secret(3)</script></main></body></html>`;
  expect(await read(page, "x.txt")).toEqual({
    type: "text",
    text: "## Heading\n\nRead this.\n\n- one\n- two",
    title: "News & more",
    isCut: false,
  });
});

test.each([
  "<!DOCTYPE html><title>T</title><p>one<p>two",
  "<html><title>T</title><body class=x><p>one</p><p>two</p>",
  "<html><head><title>T</title></head><p>one</p>\n<p>two</p></html>",
  "<html hidden><body style='display:none'><p>one</p>two</body></html><title>T</title>",
])("a page is read although it leaves out tags: %s", async (page) => {
  expect(await read(page)).toMatchObject({ text: "one\n\ntwo", title: "T" });
});

test.each([
  ["a picture", Buffer.from("\x89PNG\r\n\x1a\n\0\0", "latin1")],
  ["a picture", Buffer.concat([Buffer.from("BM"), Buffer.alloc(60)])],
  ["a packed archive", gzipSync("hello")],
  ["packed archive and no Word", zipOf({ "a.txt": "hello" })],
  ["a kind that cannot be read", Buffer.from([1, 2, 3, 0, 4, 0])],
  ["locked by a password", Buffer.from("d0cf11e0a1b11ae10000", "hex")],
  ["empty", Buffer.alloc(0)],
  ["no text in it", Buffer.from(" \n \n")],
])("what holds no text is said to be that: %s", async (why, bytes) => {
  expect(await read(bytes, "x.txt", "text/plain")).toEqual(unreadable(new RegExp(why)));
});

test("a long text is cut and says so; a character is not split", async () => {
  const result = await read("😀".repeat(150_000) + "x");
  expect(result).toMatchObject({ type: "text", isCut: true, text: "😀".repeat(100_000) });
  expect(await read(`x${"😀".repeat(150_000)}`)).toMatchObject({ text: `x${"😀".repeat(99_999)}` });
});

test("whatever comes in, what is kept is well-formed and free of control characters", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.array(fc.nat(0xffff)), (text, units) => {
      const kept = tidy(text + String.fromCharCode(...units)).text;
      expect(kept.isWellFormed()).toBe(true);
      expect(kept).not.toMatch(/[^\P{Cc}\n\t]/u);
      expect(tidy(kept)).toEqual({ text: kept, isCut: false });
    }),
  );
});

test("bytes of any kind never make it throw", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array(),
      fc.constantFrom("", "%PDF-1.7\n", "PK\x03\x04", "<html>"),
      async (bytes, start) => {
        const result = await read(Buffer.concat([Buffer.from(start), bytes]));
        expect(["text", "unreadable"]).toContain(result.type);
      },
    ),
    { numRuns: 30 },
  );
});

test("a zip that unpacks to gigabytes is not unpacked", async () => {
  const honest = docxOf("", { "word/document.xml": "a".repeat(110 * 1024 * 1024) });
  expect(await read(honest)).toEqual(unreadable(/more than 100 MB/));
});

test("a zip that lies about its size gets no more than it said", async () => {
  const document = `<w:document><w:body>${paragraph("x".repeat(5_000_000))}</w:body></w:document>`;
  const file = zipOf({ "word/document.xml": document });
  const size = Buffer.alloc(4);
  size.writeUInt32LE(document.length);
  const lie = Buffer.from([200, 0, 0, 0]);
  for (let at = file.indexOf(size); at !== -1; at = file.indexOf(size, at)) lie.copy(file, at);
  const result = await read(file);
  expect(JSON.stringify(result).length).toBeLessThan(400);
});

test("an XML file's own entities are not expanded", async () => {
  const entities = Array.from({ length: 20 }, (_one, at) => `<!ENTITY e${at + 1} "${`&e${at};`.repeat(20)}">`).join("");
  const document = `<!DOCTYPE d [<!ENTITY e0 "boom"><!ENTITY f SYSTEM "file:///etc/passwd">${entities}]><w:document>${paragraph("a &e20; &f;")}</w:document>`;
  expect(await read(docxOf("", { "word/document.xml": document }))).toMatchObject({ text: "a &e20; &f;" });
});

test("a sheet that claims a billion cells costs what it holds", async () => {
  const rows = '<row r="1"><c r="A1"><v>1</v></c></row>'.repeat(600_000);
  const result = await read(xlsxOf(rows));
  expect(result).toMatchObject({ type: "text", isCut: true });
});

test("what is nested without end is not gone through", async () => {
  const deep = unreadable(/nested too deeply/);
  expect(await read(docxOf(`${"<w:p>".repeat(300_000)}<w:r><w:t>deep</w:t></w:r>`))).toEqual(deep);
  expect(await read(`<html><body>${"<div>".repeat(400_000)}deep`)).toEqual(deep);
});

test("a locked PDF is said to be that", async () => {
  const encrypt = `<< /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <${"41".repeat(32)}> /U <${"42".repeat(32)}> >>`;
  const file = pdfOf([pdfLine("secret")], {
    more: [encrypt],
    trailer: `/Encrypt 10 0 R /ID [<${"43".repeat(16)}> <${"43".repeat(16)}>]`,
  });
  expect(await read(file)).toEqual(unreadable(/PDF is locked by a password/));
});

test("a PDF whose pages or forms lead back to themselves ends", async () => {
  const looped = pdfOf([pdfLine("x")]).toString("latin1");
  const pages = looped.replace("/Kids [100 0 R]", "/Kids [002 0 R]");
  expect(pages).not.toBe(looped);
  expect(await read(Buffer.from(pages, "latin1"))).toMatchObject({ type: "unreadable" });
  const form = `<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 10 0 R >> >> /Length 12 >>\nstream\n/X Do\n/X Do \nendstream`;
  expect(await read(pdfOf([`${pdfLine("x")}/X Do`], { more: [form] }))).toMatchObject({ text: "x" });
  const damaged = looped.replace(/startxref\n\d+/, "startxref\n0");
  expect(["text", "unreadable"]).toContain((await read(Buffer.from(damaged, "latin1"))).type);
});

test("a PDF that unpacks to one large array takes neither the process nor its memory", async () => {
  const content = deflateSync(
    Buffer.concat([Buffer.from("BT ["), Buffer.alloc(400_000_000, "1 "), Buffer.from("] TJ ET")]),
  );
  expect(content.length).toBeLessThan(1_000_000);
  const file = pdfOf([]).toString("latin1");
  const page = `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 11 0 R >>`;
  const stream = `<< /Length ${content.length} /Filter /FlateDecode >>\nstream\n${content.toString("latin1")}\nendstream`;
  const bomb = file
    .replace("/Count 0 /Kids []", "/Count 1 /Kids [10 0 R]")
    .replace("xref\n0 1", `10 0 obj\n${page}\nendobj\n11 0 obj\n${stream}\nendobj\nxref\n0 1`)
    .replace(/startxref\n\d+/, "startxref\n0");
  expect(await read(Buffer.from(bomb, "latin1"))).toEqual(unreadable(/memory|15 seconds/));
}, 60_000);

test("what takes too long is ended", async () => {
  const slow = { kind: "html", text: `<html><body>${"<p>x</p>".repeat(200_000)}` } as const;
  const bounds = { deadlineMs: 300, memoryBytes: 2 ** 40 };
  expect(await extract(slow, { signal: NEVER, bounds })).toEqual(unreadable(/within 0.3 seconds/));
});

test("what takes too much memory is ended", async () => {
  const large = { kind: "html", text: `<html><body>${"<p>x</p>".repeat(200_000)}` } as const;
  const bounds = { deadlineMs: 60_000, memoryBytes: 40 * 1024 * 1024 };
  expect(await extract(large, { signal: NEVER, bounds })).toEqual(unreadable(/too much memory/));
});

test("reading stops with the signal", async () => {
  const stop = new AbortController();
  const page = Buffer.from(`<html><body>${"<div>".repeat(400_000)}deep`);
  const reading = readDocument({ bytes: page, name: null, mime: null }, { signal: stop.signal });
  stop.abort();
  await expect(reading).rejects.toMatchObject({ code: "cancelled" });
  await expect(readDocument({ bytes: page, name: null, mime: null }, { signal: stop.signal })).rejects.toMatchObject({
    code: "cancelled",
  });
});

test("the parts of a zip are counted together", async () => {
  const bytes = zipSync({
    "word/document.xml": Buffer.alloc(60 * 1024 * 1024),
    "word/styles.xml": Buffer.alloc(60 * 1024 * 1024),
  });
  expect(await read(Buffer.from(bytes))).toEqual(unreadable(/more than 100 MB/));
});
