export { BASE_URLS } from "../schema.ts";

/** GitHub lists its models beside its endpoint, as a plain list. */
export const GITHUB_CATALOG = "https://models.github.ai/catalog/models";
