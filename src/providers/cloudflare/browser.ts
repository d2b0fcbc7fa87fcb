/**
 * How we call ourselves at the host that viewers watch at. Seen on a real account: the manifest of a stream that is well
 * is refused to a User-Agent that is no browser's, with 403 and `error code: 1010`. Whether `/lifecycle` and `/views` are
 * too, nobody has told.
 */
export const browser =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
