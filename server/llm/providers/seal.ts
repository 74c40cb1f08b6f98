import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** Hides what must not be read from the database, and shows it again. `about` ties it to its row: elsewhere it does not open. */
export type Seal = {
  seal: (text: string, about: string) => Buffer;
  /** Null where it was sealed with another secret, for another row, or was changed. */
  open: (sealed: Uint8Array, about: string) => string | null;
};

const CIPHER = "aes-256-gcm";
/** The first byte: how the rest is to be read. */
const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** @param secret the server's, the same in each of its processes */
export function createSeal(secret: string): Seal {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "winnow model provider keys", 32));
  return {
    seal: (text, about) => {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(about));
      const hidden = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([Buffer.of(FORMAT), iv, cipher.getAuthTag(), hidden]);
    },
    open: (sealed, about) => {
      const bytes = Buffer.from(sealed);
      const start = 1 + IV_BYTES + TAG_BYTES;
      if (bytes[0] !== FORMAT || bytes.length < start) return null;
      try {
        const decipher = createDecipheriv(CIPHER, key, bytes.subarray(1, 1 + IV_BYTES), { authTagLength: TAG_BYTES })
          .setAAD(Buffer.from(about))
          .setAuthTag(bytes.subarray(1 + IV_BYTES, start));
        return Buffer.concat([decipher.update(bytes.subarray(start)), decipher.final()]).toString("utf8");
      } catch {
        return null;
      }
    },
  };
}
