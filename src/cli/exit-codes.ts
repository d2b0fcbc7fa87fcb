/** What a command tells the shell. */
export const exitCodes = { ok: 0, refused: 1, usage: 2, interrupted: 130 } as const;

/** The same in words, for people who write scripts. */
export const exitCodeMeanings: Readonly<Record<number, string>> = {
  [exitCodes.ok]: "done",
  [exitCodes.refused]: "not found, refused, no database, a failed check, or any other failure",
  [exitCodes.usage]: "wrong usage",
  [exitCodes.interrupted]: "interrupted",
};
