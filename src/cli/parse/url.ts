import { InvalidArgumentError } from "commander";

/** A service's address, without a slash at the end. @throws {InvalidArgumentError} if it is not http or https */
export function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search + url.hash !== "") {
    throw new InvalidArgumentError("It must be an address like http://127.0.0.1:3000.");
  }
  return url.href.replace(/\/+$/, "");
}
