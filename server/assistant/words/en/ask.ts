/** What the assistant says of questions, in English. */
export const ask = {
  sources: "Sources:",
  nearest: "Nearest notes:",
  unknown: "I don't know: the notes do not say.",
  quoted: "The notes say:",
  confidence: { strong: "Strong evidence.", fair: "Fair evidence.", weak: "Weak evidence: check it." },
  button: { save: "Save as a note" },
} as const;
