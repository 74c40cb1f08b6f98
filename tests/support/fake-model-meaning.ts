import { createHash } from "node:crypto";

const DIMENSIONS = 256;

/**
 * A vector for a text that is near to those of texts with the same words, and always the same. It is not of length 1: models
 * do not promise that either.
 */
export function meaningOf(text: string): number[] {
  const vector = Array.from<number>({ length: DIMENSIONS }).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [""]) {
    // Endings count for little: "boats" is near to "boat".
    for (const [part, weight] of [
      [word, 1],
      [word.slice(0, 4), 1],
    ] as const) {
      const hash = createHash("sha256").update(part).digest();
      vector[hash.readUInt16LE(0) % DIMENSIONS]! += weight * ((hash[2] ?? 0) % 2 === 0 ? 1 : -1);
    }
  }
  // Words that cancel each other out would leave no direction.
  if (!vector.some((number) => number !== 0)) vector[0] = 1;
  return vector;
}

/** The vector as endpoints send it where they are asked for base64: 32-bit floats, little end first. */
export function asBase64(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString("base64");
}
