import { type ComponentProps, useId, useMemo } from "react";
import Markdown, { type Components } from "react-markdown";
import rehypeSanitize, { defaultSchema } from "rehype-sanitize";
import remarkGfm from "remark-gfm";

import { blocksOf, isTangled } from "#server/knowledge/schema.ts";

import { cn } from "./cn.ts";

// mdast-util-to-hast prefixes the ids of footnotes already, with the id of this text; there are no others without raw HTML.
const SCHEMA = { ...defaultSchema, clobberPrefix: "" };
const REMARK = [remarkGfm];
/** Of a text as a tree, what is read here. */
type Node = {
  type: string;
  tagName?: string;
  position?: { start: { line: number } } | undefined;
  properties?: Record<string, unknown>;
  children?: Node[];
};

/** What stands in lines of its own. */
const BLOCKS = new Set(["p", "li", "pre", "blockquote", "table", "h1", "h2", "h3", "h4", "h5", "h6"]);
/** Each block knows the line of the Markdown that it begins at, as `data-line`, so that a page can show a place in the text. */
const rehypeLines = () => (tree: Node) => markLines(tree);
const REHYPE: ComponentProps<typeof Markdown>["rehypePlugins"] = [[rehypeSanitize, SCHEMA], rehypeLines];

function markLines(node: Node): void {
  if (node.position && BLOCKS.has(node.tagName ?? "")) {
    node.properties = { ...node.properties, dataLine: node.position.start.line };
  }
  node.children?.forEach(markLines);
}

/**
 * Markdown as text on the page. Raw HTML in it stays text; headings start below the page's own.
 * @param linkTo where a link inside the knowledge base goes, given its path; null leaves it as plain text
 */
export function Prose({
  text,
  linkTo,
  className,
}: {
  text: string;
  linkTo?: (path: string) => string | null;
  className?: string;
}) {
  const id = useId();
  const components = useMemo<Components>(() => ({ ...HEADINGS, ...withLinks(linkTo) }), [linkTo]);
  // Nobody could read it, and reading it as Markdown would stop the page.
  if (blocksOf(text).some(isTangled)) return <div className={cn("prose whitespace-pre-wrap", className)}>{text}</div>;
  return (
    <div className={cn("prose", className)}>
      <Markdown
        remarkPlugins={REMARK}
        rehypePlugins={REHYPE}
        remarkRehypeOptions={{ clobberPrefix: `${id}-` }}
        components={components}
      >
        {text}
      </Markdown>
    </div>
  );
}

/** The Markdown of a file, without the data at its top. */
export const withoutFrontMatter = (file: string) => file.replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n/, "");

const HEADINGS: Components = {
  h1: ({ children, id }) => <h3 id={id}>{children}</h3>,
  h2: ({ children, id, className }) => (
    <h3 id={id} className={className}>
      {children}
    </h3>
  ),
  h3: ({ children, id }) => <h4 id={id}>{children}</h4>,
  h4: ({ children, id }) => <h5 id={id}>{children}</h5>,
  h5: ({ children, id }) => <h6 id={id}>{children}</h6>,
  h6: ({ children, id }) => <h6 id={id}>{children}</h6>,
  // Images would be loaded from wherever a message says: their text is enough.
  img: ({ alt }) => <span className="text-muted">[{alt || "image"}]</span>,
  table: ({ children }) => (
    <div className="overflow-x-auto" tabIndex={0} role="group" aria-label="Table">
      <table>{children}</table>
    </div>
  ),
  input: ({ checked }) => (
    <input type="checkbox" checked={checked ?? false} disabled aria-label={checked ? "done" : "open"} />
  ),
};

const withLinks = (linkTo: ((path: string) => string | null) | undefined): Components => ({
  a: ({ href, children, node: _node, ...props }) => {
    if (href?.startsWith("#")) {
      return (
        <a href={href} {...props}>
          {children}
        </a>
      );
    }
    const target = href?.startsWith("/") ? (linkTo?.(href) ?? null) : (href ?? null);
    if (target === null) return <span>{children}</span>;
    const isOutside = !target.startsWith("/");
    return (
      <a href={target} {...(isOutside ? { target: "_blank", rel: "noreferrer noopener" } : {})}>
        {children}
      </a>
    );
  },
});
