import { refusals } from "./envelope.ts";

/** A body as JSON; none at all is an empty object. @throws Refused if it is no JSON */
export function readJson(text: string): unknown {
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch {
    throw refusals.badValue("the request is not valid JSON");
  }
}
