import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";

import { Prose } from "./markdown.tsx";

test("a text of thousands of marks in one block is shown as plain text, because Markdown would stop the page", () => {
  const text = "*a_".repeat(2_000);
  const startedMs = performance.now();
  const markup = renderToStaticMarkup(<Prose text={text} />);
  expect(performance.now() - startedMs).toBeLessThan(1_000);
  expect(markup).toBe(`<div class="prose whitespace-pre-wrap">${text}</div>`);
  expect(renderToStaticMarkup(<Prose text="A **bold** word." />)).toContain("<strong>bold</strong>");
});
