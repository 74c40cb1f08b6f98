import type { Outputs } from "#components/trpc/client.tsx";

export type Tree = Outputs["knowledge"]["tree"];
export type Folder = Tree["folders"][number];
export type NoteLine = Folder["notes"][number];
export type Note = Outputs["knowledge"]["note"];
export type Commit = Outputs["knowledge"]["history"]["items"][number];
export type Source = Outputs["knowledge"]["source"];
export type BlameRange = Outputs["knowledge"]["blame"]["ranges"][number];

/** Where the links between notes lead in the dashboard: `/topics/a/b.md` to the note's page, a listing to nowhere. */
export function noteLinks(tree: Tree | undefined, hrefOf: (noteId: string) => string): (path: string) => string | null {
  const ids = new Map<string, string>(
    tree?.folders.flatMap((folder) => folder.notes.map((note) => [`/${note.path}`, note.id] as const)),
  );
  return (link) => {
    const [path = ""] = link.split("#");
    const id = ids.get(decodeLoosely(path));
    return id === undefined ? null : hrefOf(id);
  };
}

function decodeLoosely(path: string): string {
  try {
    return decodeURI(path);
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}
