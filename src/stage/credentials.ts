/** With which the page joins a channel. The page and the server both speak of it, so there are only types here. */
export interface StageCredentials {
  appId: string;
  channel: string;
  /** The stage's own, which Tally never takes for a host. */
  uid: number;
  /** Of a subscriber, for this channel and uid. */
  rtcToken: string;
  /** Unix seconds, by the server's clock. The times below count from now: the recorder's clock may be any. */
  expiresAt: number;
  lifetimeSeconds: number;
  /** From when on to ask for the next token. */
  renewAfterSeconds: number;
  /** Which opening of the page this is: said again with whatever the same page asks later. */
  opening: number;
  /** Shown first among several; null if any broadcaster may be the host. */
  hostUid: number | null;
  /** Images to lay over the picture: a small one in the corner, and one of full size. */
  logoUrl: string | null;
  overlayUrl: string | null;
}
