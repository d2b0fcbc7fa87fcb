/** Whom to erase. */
export interface Person {
  /** At Agora. Unique within a channel; what it means in several is the app's matter. */
  uid: number;
  /** The app's own id of a seller, as channels are registered with it. */
  userId?: string | undefined;
  /** In this channel only. */
  channel?: string | undefined;
}

/** A regular expression of Postgres: the uid as a number of its own in some text. Finds more than there is of a small one. */
export function tokenOf({ uid }: Pick<Person, "uid">): string {
  return `\\m${uid}\\M`;
}

/** What stands for a seller's id at the app. */
export function anonymousUser(pseudonym: number): string {
  return `erased-${pseudonym}`;
}
