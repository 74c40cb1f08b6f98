export { readDocument } from "./document.ts";
export { linksIn } from "./links.ts";
export { fetchPage, type PageText } from "./page.ts";
