import { isObject } from "./fields.ts";

/** Members of a notification that hold a user's uid, or several: `uid`, `rtcStreamUid`, `uids`. */
const namesUid = /uids?$/i;
/** And what an app calls its user, beside the uid. */
const namesAccount = /account$/i;

/**
 * A notification's body with one user under another number, and without the account that is told beside it. What a
 * provider means is not looked at, so that also those are changed that nobody can read yet.
 *
 * @returns the same body if the user is not in it
 */
export function renameUser(body: unknown, user: { from: number; to: number }): unknown {
  return change(body, "", user);
}

function change(value: unknown, name: string, user: { from: number; to: number }): unknown {
  const { from, to } = user;
  if (namesUid.test(name)) {
    if (value === from) return to;
    if (value === String(from)) return String(to);
  }
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => change(item, name, user));
    return items.some((item, at) => item !== value[at]) ? items : value;
  }
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([key, member]): [string, unknown] => [key, change(member, key, user)]);
  const isTheirs = members.some(([key, member]) => namesUid.test(key) && String(member) === String(to));
  const anonymous = members.map(([key, member]): [string, unknown] =>
    isTheirs && namesAccount.test(key) && typeof member === "string" ? [key, `erased-${to}`] : [key, member],
  );
  return anonymous.some(([key, member]) => member !== value[key]) ? Object.fromEntries(anonymous) : value;
}
