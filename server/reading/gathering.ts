/** A text that grows piece by piece and is full some way past what is kept of it. */
export type Gathering = { add: (piece: string) => void; isFull: () => boolean; text: () => string };

/** Blanks are taken out later, so more is gathered than is kept. */
const FULL = 400_000;

export function gathering(): Gathering {
  const pieces: string[] = [];
  let length = 0;
  return {
    add: (piece) => {
      if (length > FULL) return;
      pieces.push(piece);
      length += piece.length;
    },
    isFull: () => length > FULL,
    text: () => pieces.join(""),
  };
}
