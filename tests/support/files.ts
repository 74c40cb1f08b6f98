import { deflateSync } from "node:zlib";

import { strToU8, zipSync } from "fflate";

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

/** A zip of texts, as a buffer. */
export function zipOf(parts: Record<string, string>): Buffer {
  return Buffer.from(zipSync(Object.fromEntries(Object.entries(parts).map(([path, text]) => [path, strToU8(text)]))));
}

/** A Word file with a body, and styles as a Russian Word names them. */
export function docxOf(body: string, more: Record<string, string> = {}): Buffer {
  return zipOf({
    "[Content_Types].xml": `${XML}<Types/>`,
    "word/document.xml": `${XML}<w:document xmlns:w="w"><w:body>${body}</w:body></w:document>`,
    "word/styles.xml": `${XML}<w:styles xmlns:w="w"><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style></w:styles>`,
    ...more,
  });
}

/** A Word paragraph. */
export function paragraph(text: string, properties = ""): string {
  return `<w:p><w:pPr>${properties}</w:pPr><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
}

/** A PowerPoint file; each slide is a list of paragraphs. */
export function pptxOf(slides: string[][]): Buffer {
  const paragraphs = (lines: string[]) => lines.map((line) => `<a:p><a:r><a:t>${line}</a:t></a:r></a:p>`).join("");
  return zipOf({
    "ppt/presentation.xml": `${XML}<p:presentation/>`,
    ...Object.fromEntries(
      slides.map((lines, at) => [`ppt/slides/slide${at + 1}.xml`, `${XML}<p:sld>${paragraphs(lines)}</p:sld>`]),
    ),
  });
}

/** An Excel file with one sheet, `Budget`, whose style 1 is a day. */
export function xlsxOf(rows: string, strings: string[] = []): Buffer {
  return zipOf({
    "xl/workbook.xml": `${XML}<workbook><sheets><sheet name="Budget" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `${XML}<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
    "xl/sharedStrings.xml": `${XML}<sst>${strings.map((text) => `<si><t>${text}</t></si>`).join("")}</sst>`,
    "xl/styles.xml": `${XML}<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
    "xl/worksheets/sheet1.xml": `${XML}<worksheet><dimension ref="A1:XFD1048576"/><sheetData>${rows}</sheetData></worksheet>`,
  });
}

/** A PDF with a page for each of the contents, which are operators of text; `more` are further objects, from number 10 on. */
export function pdfOf(
  contents: Array<string | Buffer>,
  given: { title?: string; trailer?: string; more?: string[] } = {},
): Buffer {
  const pages = contents.map((content, at) => ({
    content: Buffer.from(content),
    page: 100 + at * 2,
    stream: 101 + at * 2,
  }));
  const parts: Buffer[] = [Buffer.from("%PDF-1.7\n")];
  const offsets = new Map<number, number>();
  const object = (number: number, ...body: Array<string | Buffer>) => {
    offsets.set(number, Buffer.concat(parts).length);
    parts.push(Buffer.from(`${number} 0 obj\n`), ...body.map((piece) => Buffer.from(piece)), Buffer.from("\nendobj\n"));
  };
  object(1, "<< /Type /Catalog /Pages 2 0 R >>");
  object(2, `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map(({ page }) => `${page} 0 R`).join(" ")}] >>`);
  object(3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
  object(4, `<< /Title (${given.title ?? ""}) >>`);
  for (const { content, page, stream } of pages) {
    const packed = deflateSync(content);
    object(
      page,
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F 3 0 R >> /XObject << /X 10 0 R >> >> /Contents ${stream} 0 R >>`,
    );
    object(stream, `<< /Length ${packed.length} /Filter /FlateDecode >>\nstream\n`, packed, "\nendstream");
  }
  for (const [at, body] of (given.more ?? []).entries()) object(10 + at, body);
  const start = Buffer.concat(parts).length;
  const entries = [...offsets]
    .map(([number, at]) => `${number} 1\n${String(at).padStart(10, "0")} 00000 n \n`)
    .join("");
  parts.push(
    Buffer.from(
      `xref\n0 1\n0000000000 65535 f \n${entries}trailer\n<< /Size 10000 /Root 1 0 R /Info 4 0 R ${given.trailer ?? ""} >>\nstartxref\n${start}\n%%EOF`,
    ),
  );
  return Buffer.concat(parts);
}

/** The operators that write a line in a PDF. */
export function pdfLine(text: string): string {
  return `BT /F 12 Tf 50 700 Td (${text}) Tj ET\n`;
}
