import { performance } from "node:perf_hooks";

import type { STSServiceException } from "@aws-sdk/client-sts";

import { type CallError, callError } from "../call-error.ts";
import { beginCall, type ObserverDeps } from "../call-record.ts";
import type { CallOptions } from "../provider-call.ts";

export interface RoleSettings {
  roleArn: string;
  /** AWS's name of a region, `eu-west-1`. */
  region: string;
  /** Null: AWS's own STS of that region. */
  endpoint: string | null;
  externalId: string | null;
  /** How long the keys are to be good, 15 minutes to 12 hours and no longer than the role allows. */
  lifetimeMs: number;
  /** Keys that may do nothing but assume the role. */
  accessKey: string;
  secretKey: string;
  /** Milliseconds for the call; default 5000. */
  timeoutMs?: number | undefined;
}

export interface TemporaryKeys {
  accessKey: string;
  secretKey: string;
  sessionToken: string;
  /** Milliseconds since 1970, by the clock of STS. */
  until: number;
}

export type AssumeRoleResult =
  | { ok: true; keys: TemporaryKeys }
  /** `final`: no other answer is to be expected until somebody changes a setting or a permission. */
  | { ok: false; final: boolean; error: CallError };

export interface RoleAssumer {
  /** @param request.policy - what the keys may do at most, JSON. Never throws for what STS or the network do. */
  assume(request: { sessionName: string; policy: string }, options?: CallOptions): Promise<AssumeRoleResult>;
  /** Closes idle connections. */
  close(): void;
}

const operation = "assume_role";

/**
 * AWS STS: AssumeRole, or what another S3 has in its place. One call, never repeated here: when it is made again is for
 * the channel's policy to say. It changes nothing and costs nothing, so it takes no place in anybody's rate.
 */
export function createRoleAssumer(settings: RoleSettings, deps: ObserverDeps): RoleAssumer {
  const { log } = deps;
  const { roleArn, region, endpoint, externalId, lifetimeMs, accessKey, secretKey, timeoutMs = 5_000 } = settings;
  let opened: ReturnType<typeof open> | null = null;

  /** At the first call: loading the SDK is a tenth of a second of every start, and most have no role. */
  async function open() {
    const { AssumeRoleCommand, STSClient } = await import("@aws-sdk/client-sts");
    const client = new STSClient({
      region,
      ...(endpoint === null ? {} : { endpoint }),
      credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
      maxAttempts: 1,
    });
    return { client, AssumeRoleCommand };
  }

  async function request(sessionName: string, policy: string): Promise<TemporaryKeys | null> {
    const { client, AssumeRoleCommand } = await (opened ??= open());
    const command = new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      Policy: policy,
      DurationSeconds: Math.round(lifetimeMs / 1000),
      ...(externalId === null ? {} : { ExternalId: externalId }),
    });
    const { Credentials: given } = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
    if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken || !given.Expiration) return null;
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given;
    const until = Expiration.getTime();
    return { accessKey: AccessKeyId, secretKey: SecretAccessKey, sessionToken: SessionToken, until };
  }

  return {
    async assume({ sessionName, policy }, options = {}) {
      const call = { provider: "storage", operation, method: "POST", path: "/" } as const;
      const context = options.context ?? {};
      const end = beginCall(deps, { ...call, context, body: { sessionName, policy } }, [accessKey, secretKey]);
      const startedAt = performance.now();
      const line = { ...context, ...call };
      const ms = () => Math.round(performance.now() - startedAt);
      // Without the answer, which is keys.
      const unsaid = { host: null, requestId: null, attempts: [], clock: null };
      const refused = ({ status, code, words, final }: Refusal): AssumeRoleResult => {
        const told = { provider: "storage" as const, operation, status, code, message: words };
        const error = callError(told, [accessKey, secretKey]);
        const { code: kept, message } = error;
        const outcome = final ? "final" : "retry";
        log.warn({ ...line, status, ms: ms(), outcome, code: kept, error: message }, "provider.called");
        end({ ...unsaid, status, ms: ms(), outcome, code: kept, error: message });
        return { ok: false, final, error };
      };
      try {
        const keys = await request(sessionName, policy);
        if (keys === null) {
          return refused({ status: 200, code: null, words: "answered without credentials", final: false });
        }
        log.info({ ...line, status: 200, ms: ms(), outcome: "done" }, "provider.called");
        end({ ...unsaid, status: 200, ms: ms(), outcome: "done", code: null, error: null });
        return { ok: true, keys };
      } catch (error) {
        return refused(judge(error, timeoutMs));
      }
    },
    close: () => void opened?.then(({ client }) => client.destroy()),
  };
}

interface Refusal {
  status: number | null;
  code: string | null;
  words: string;
  final: boolean;
}

/** Codes of a 400 or 403 that are over by themselves: too many calls, a clock that the client corrects by the answer. */
const passing = /Throttl|TooManyRequests|RequestLimitExceeded|RequestTimeTooSkewed|RequestExpired|SlowDown/;

function judge(error: unknown, timeoutMs: number): Refusal {
  if (isAnswer(error)) {
    const { httpStatusCode: status = null } = error.$metadata;
    const final = status !== null && status >= 400 && status < 500 && status !== 429 && !passing.test(error.name);
    return { status, code: error.name, words: error.message, final };
  }
  const isTimeout = error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError");
  if (isTimeout) return { status: null, code: null, words: `no answer within ${timeoutMs} ms`, final: false };
  const code = error instanceof Error && "code" in error ? String(error.code) : "the connection broke off";
  return { status: null, code: null, words: `no answer: ${code}`, final: false };
}

/** An answer of STS, and not a connection that failed: only that has a fault, by whichever copy of the SDK. */
function isAnswer(error: unknown): error is STSServiceException {
  return error instanceof Error && "$fault" in error && "$metadata" in error;
}
