import { getDocumentProxy } from "unpdf";

import { gathering } from "./gathering.ts";

import { type Extracted, Unreadable } from "./extracted.ts";

const MAX_PAGES = 2_000;

/** The text of a PDF, page by page; null as the title where it has none. */
export async function readPdf(bytes: Uint8Array): Promise<Extracted> {
  const document = await getDocumentProxy(bytes, {
    verbosity: 0,
    disableFontFace: true,
    useSystemFonts: false,
    maxImageSize: 0,
  }).catch((error: unknown) => {
    if (error instanceof Error && error.name === "PasswordException") {
      throw new Unreadable("The PDF is locked by a password; it could not be read.");
    }
    throw error;
  });
  const text = gathering();
  const pages = Math.min(document.numPages, MAX_PAGES);
  let read = 0;
  while (read < pages && !text.isFull()) {
    read += 1;
    const page = await document.getPage(read);
    const { items } = await page.getTextContent();
    for (const item of items) {
      if ("str" in item) text.add(item.hasEOL ? `${item.str}\n` : item.str);
    }
    text.add("\n\n");
    page.cleanup();
  }
  return { type: "text", text: text.text(), title: await titleOf(document), isCut: read < document.numPages };
}

async function titleOf(document: Awaited<ReturnType<typeof getDocumentProxy>>): Promise<string | null> {
  const { info } = await document.getMetadata();
  const title = "Title" in info ? info.Title : null;
  return typeof title === "string" ? title : null;
}
