/** What an operator asked for can't be, and nothing was changed. The message is for them, and says why. */
export class Refused extends Error {
  override name = "Refused";
  readonly code: "effect_not_dead" | "effect_not_wanted" | "effect_still_wanted" | "session_not_open";

  constructor(code: Refused["code"], message: string) {
    super(message);
    this.code = code;
  }
}
