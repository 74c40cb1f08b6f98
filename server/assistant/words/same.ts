/** The same keys, other words: a catalogue that forgets one does not compile. */
export type Same<Catalogue> = {
  readonly [Key in keyof Catalogue]: Catalogue[Key] extends string ? string : Same<Catalogue[Key]>;
};
