import fc from "fast-check";
import { expect, test } from "vitest";

import { linksIn } from "./links.ts";

const mark = (type: string, text: string, shown: string, url?: string) => ({
  type,
  offset: text.indexOf(shown),
  length: shown.length,
  url,
});

test("bare links are found without the sentence around them", () => {
  const text =
    "See https://a.example/x, (http://b.example/y_(z)) and «https://c.example/?q=1#top»! Not ftp://d.example.";
  expect(linksIn(text, [])).toEqual(["https://a.example/x", "http://b.example/y_(z)", "https://c.example/?q=1#top"]);
});

test("links that Telegram marks are found by their offsets in UTF-16, in the order of the text", () => {
  const text = "😀😀 read here, then example.com/a and https://b.example";
  const entities = [
    mark("url", text, "https://b.example"),
    mark("url", text, "example.com/a"),
    mark("text_link", text, "here", "https://hidden.example/x"),
    mark("bold", text, "read"),
  ];
  expect(linksIn(text, entities)).toEqual(["https://hidden.example/x", "http://example.com/a", "https://b.example/"]);
});

test("a link is given once, and five at most", () => {
  const many = Array.from({ length: 9 }, (_one, at) => `https://a.example/${at >> 1}`).join(" ");
  expect(linksIn(many, [])).toEqual([0, 1, 2, 3, 4].map((at) => `https://a.example/${at}`));
});

test("only http and https are links to the web", () => {
  const text = "one two three user@host.example site.example:8080/x";
  const entities = [
    mark("text_link", text, "one", "javascript:alert(1)"),
    mark("text_link", text, "two", "tg://user?id=1"),
    mark("text_link", text, "three", "file:///etc/passwd"),
    mark("url", text, "site.example:8080/x"),
  ];
  expect(linksIn(text, entities)).toEqual(["http://site.example:8080/x"]);
});

test("whatever the entities are, it gives at most five different links to the web", () => {
  const entity = fc.record(
    {
      type: fc.oneof(fc.constantFrom("url", "text_link", "bold"), fc.anything()),
      offset: fc.oneof(fc.nat(50), fc.double(), fc.anything()),
      length: fc.oneof(fc.nat(50), fc.double(), fc.anything()),
      url: fc.oneof(fc.webUrl(), fc.string(), fc.anything()),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.array(fc.oneof(entity, fc.anything())), (text, entities) => {
      const links = linksIn(text, entities);
      expect(links.length).toBeLessThanOrEqual(5);
      expect(new Set(links).size).toBe(links.length);
      for (const link of links) expect(new URL(link).protocol).toMatch(/^https?:$/);
    }),
  );
});

test("every link that stands in a text is found, in order", () => {
  const word = fc.stringMatching(/^[a-zа-я😀]{0,8}$/u);
  const link = fc.webUrl({ withQueryParameters: true }).filter((url) => /[\w/]$/.test(url));
  fc.assert(
    fc.property(fc.array(fc.tuple(word, link), { maxLength: 5 }), (pairs) => {
      const text = pairs.map(([before, url]) => `${before} ${url}`).join(", ");
      expect(linksIn(text, [])).toEqual([...new Set(pairs.map(([, url]) => new URL(url).href))]);
    }),
  );
});
