import { unzipSync } from "fflate";

import { docxText } from "./docx.ts";
import { type Extracted, Unreadable } from "./extracted.ts";
import { gathering } from "./gathering.ts";
import { pptxText } from "./pptx.ts";
import { xlsxText } from "./xlsx.ts";
import { scanXml } from "./xml.ts";

/** The parts of an Office file by their paths. */
export type Parts = Readonly<Record<string, Uint8Array>>;

/** What the parts that hold text may unpack to, together. What a zip says of them is what they get, and not a byte more. */
const MAX_UNPACKED = 100 * 1024 * 1024;
const TEXT_PARTS =
  /^(docProps\/core\.xml|word\/(document|styles)\.xml|ppt\/(presentation|slides\/slide\d+)\.xml|xl\/(workbook|sharedStrings|styles|worksheets\/[\w-]+)\.xml|xl\/_rels\/workbook\.xml\.rels)$/;

/** The text of a DOCX, PPTX or XLSX: all three are zips of XML, told apart by the parts that they must have. */
export function readOffice(bytes: Uint8Array): Extracted {
  const parts = unpack(bytes);
  const text = gathering();
  if (parts["word/document.xml"]) docxText(parts, text);
  else if (parts["ppt/presentation.xml"]) pptxText(parts, text);
  else if (parts["xl/workbook.xml"]) xlsxText(parts, text);
  else throw new Unreadable("The file is a packed archive and no Word, PowerPoint or Excel file; it was not opened.");
  return { type: "text", text: text.text(), title: titleOf(parts), isCut: text.isFull() };
}

function unpack(bytes: Uint8Array): Parts {
  let unpacked = 0;
  return unzipSync(bytes, {
    filter: ({ name, originalSize }) => {
      if (!TEXT_PARTS.test(name)) return false;
      unpacked += originalSize;
      if (unpacked > MAX_UNPACKED)
        throw new Unreadable("The file unpacks to more than 100 MB of text; it was not read.");
      return true;
    },
  });
}

function titleOf(parts: Parts): string | null {
  let title = "";
  let isInside = false;
  scanXml(parts["docProps/core.xml"], {
    open: (name) => (isInside = name === "title"),
    text: (piece) => (title += isInside ? piece : ""),
    close: () => (isInside = false),
    isFull: () => title.length > 10_000,
  });
  return title || null;
}
