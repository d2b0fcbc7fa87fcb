/** A viewer's coming and going (Agora docs: channel events 105, 106): stored, and only looked at if they host. */
export const audienceTypes: readonly string[] = ["rtc.105", "rtc.106"];

/** What makes or unmakes a host (103, 104, 107, 108, 111, 112). Of these an unknown channel is registered. */
export const hostTypes: readonly string[] = ["rtc.103", "rtc.104", "rtc.107", "rtc.108", "rtc.111", "rtc.112"];

/** For SQL: `e.type in (…)`. */
export function sqlList(types: readonly string[]): string {
  return types.map((type) => `'${type}'`).join(", ");
}
