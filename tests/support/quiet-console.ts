import { beforeEach, vi } from "vitest";

// Whatever a test prints is an accident that someone should look at.
beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation((...words) => {
    throw new Error(`console.error in a test: ${words.map(String).join(" ")}`);
  });
});
