import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";

export const issuer = "https://login.shop.example.com/";
export const audience = "https://tally.shop.example.com";

export interface App {
  jwksUrl: string;
  /** How often its keys were asked for. */
  asked: () => number;
  /** Answers from now on what is said here, in place of its keys; undefined: its keys again. */
  answerWith: (answer: { status: number; body: string } | undefined) => void;
  /** Takes another key, and tells of both. */
  rotate: () => Promise<void>;
  /** A good JWT of a seller, but for what is said. */
  jwt: (
    claims?: Record<string, unknown>,
    options?: { alg?: string; kid?: string; key?: CryptoKey | Uint8Array },
  ) => Promise<string>;
  /** Its public key in PEM. */
  publicKey: () => Promise<string>;
  close: () => Promise<void>;
}

export const now = () => Math.floor(Date.now() / 1000);

/** The login of a seller's app: it signs JWTs, and serves its public keys on 127.0.0.1. */
export async function startApp(alg = "RS256"): Promise<App> {
  const keys: { kid: string; privateKey: CryptoKey; publicKey: CryptoKey; jwk: JWK }[] = [];
  let asked = 0;
  let instead: { status: number; body: string } | undefined;

  async function rotate(): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const kid = `key-${keys.length + 1}`;
    keys.push({ kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } });
  }
  function newest() {
    const key = keys.at(-1);
    if (key === undefined) throw new Error("the app has no key yet");
    return key;
  }

  await rotate();
  const server: Server = createServer((_request, response) => {
    asked++;
    const { status, body } = instead ?? { status: 200, body: JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }) };
    response.writeHead(status, { "content-type": "application/json", connection: "close" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    asked: () => asked,
    answerWith: (answer) => (instead = answer),
    rotate,
    jwt(claims = {}, { alg: other = alg, kid = newest().kid, key = newest().privateKey } = {}) {
      const payload: JWTPayload = { iss: issuer, aud: audience, sub: "seller-5", exp: now() + 300, ...claims };
      return new SignJWT(payload).setProtectedHeader({ alg: other, kid }).sign(key);
    },
    publicKey: () => exportSPKI(newest().publicKey),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
