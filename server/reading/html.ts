import { Readability } from "@mozilla/readability";
import { parseHTML } from "linkedom";

import type { Extracted } from "./extracted.ts";
import { inMarkdown } from "./markdown.ts";
import { checkDepth } from "./xml.ts";

/** Past this many elements, what is the article is not asked any more: all of the page is taken. */
const MAX_ELEMENTS = 20_000;
/** An article with less in it than this share of the page is a wrong guess. */
const MIN_SHARE = 0.2;

const NO_TEXT = "script, style, noscript, template, iframe, object, embed, svg, canvas";
const HIDDEN = '[hidden], [aria-hidden="true"], [style], dialog:not([open])';
const HIDING = /display\s*:\s*none|visibility\s*:\s*(hidden|collapse)|font-size\s*:\s*0(?![.\d])/i;
const FRAME = /<(!doctype|\/?(html|head|body))(\s[^>]{0,5000})?>/gi;
const AROUND = "nav, header, footer, aside";
/** A header in here is the text's own. */
const MAIN = "article, main";

/** What there is to read on a page: its article where one can be told, or all of it without what stands around. */
export function readHtml(html: string): Extracted {
  checkDepth(html);
  const page = visibleDocument(html);
  for (const around of page.querySelectorAll(AROUND)) if (!around.closest(MAIN)) around.remove();
  const whole = page.body ? inMarkdown(page.body) : "";
  const article = articleOf(html);
  const text = article && article.text.length >= whole.length * MIN_SHARE ? article.text : whole;
  return { type: "text", text, title: article?.title ?? page.title, isCut: false };
}

function articleOf(html: string): { text: string; title: string | null } | null {
  const document = visibleDocument(html);
  for (const menu of document.querySelectorAll("nav")) menu.remove();
  if (document.querySelectorAll("*").length > MAX_ELEMENTS) return null;
  const article = new Readability<Node>(document, { serializer: (node) => node }).parse();
  return article?.content ? { text: inMarkdown(article.content), title: article.title ?? null } : null;
}

/** A page as a reader sees it, as far as its markup says: what a style sheet hides by a class is still there. */
function visibleDocument(html: string): Document {
  // The tags of the frame may all be left out, and the parser does not put them where they belong: they are set anew.
  const { document } = parseHTML(`<!doctype html><html><head></head><body>${html.replaceAll(FRAME, "")}</body></html>`);
  for (const element of document.querySelectorAll(NO_TEXT)) element.remove();
  for (const element of document.querySelectorAll(HIDDEN)) {
    const style = element.getAttribute("style");
    const isHidden = style === null || HIDING.test(style) || element.matches('[hidden], [aria-hidden="true"]');
    if (isHidden) element.remove();
  }
  document.head.append(...document.querySelectorAll("title, meta"));
  return document;
}
