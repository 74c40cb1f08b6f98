/** The configuration of full text search that knows the forms of English and of Russian words. */
export const FORMS = "russian";

/**
 * SQL for the words of a note as the search reads them, of a row with title, tags, topic, description and body: what the title says weighs
 * most, also as it is written, so that a word that is still being typed finds it. The migration that made `notes.words` says the same.
 */
export function noteWords(row: string): string {
  return `setweight(to_tsvector('${FORMS}', left(${row}.title, 1000)), 'A') || setweight(to_tsvector('simple', left(${row}.title, 1000)), 'A')
    || setweight(to_tsvector('${FORMS}', left(concat_ws(' ', array_to_string(${row}.tags, ' '), ${row}.topic, ${row}.description), 10000)), 'B')
    || to_tsvector('${FORMS}', ${row}.body)`;
}
