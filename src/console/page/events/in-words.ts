/** What an event's type means, for people: a type of our own says it in one word, `IngestChecked`. */
export function inWords(description: string): string {
  if (!/^[A-Z][a-z]+(?:[A-Z][a-z]+)*$/.test(description)) return description;
  return description.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
