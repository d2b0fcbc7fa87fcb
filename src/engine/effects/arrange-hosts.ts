import type { ProviderError } from "../../live/index.ts";
import { ownError, type Perform, type Performance } from "./performance.ts";

/** Tells a converter whom to show. Nothing else has to be told: Cloud Recording's page sees for itself who is there. */
export const arrangeHosts: Perform<"ArrangeHosts"> = async ({ effect, state, picture, mediaPush, call }) => {
  const { resourceId, round, sequence, hosts } = effect;
  const failed = (error: ProviderError): Performance => ({
    outcomes: [{ type: "LayoutFailed", resourceId, round, error }],
    error,
  });
  const converterId = state.recorders[resourceId]?.recordingSid ?? null;
  if (converterId === null) return failed(ownError("agora", "update_converter", "the converter's id is not known"));
  const answer = await mediaPush.arrange({ converterId, sequence, picture, hosts }, call);
  if (!answer.ok) return failed(answer.error);
  return { outcomes: [{ type: "LayoutAccepted", resourceId, round }], error: null };
};
