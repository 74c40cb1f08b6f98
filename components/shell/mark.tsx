/** A grain and its husk. */
export function Mark() {
  return (
    <svg viewBox="0 0 20 20" className="size-5 shrink-0" aria-hidden>
      <path d="M10 2c4 3 5.5 6 5.5 9a5.5 5.5 0 0 1-11 0c0-3 1.5-6 5.5-9Z" className="fill-accent" />
      <path d="M10 7v10" className="stroke-surface" strokeWidth="1.5" strokeLinecap="round" />
    </svg>
  );
}
