import type { Account } from "../account.ts";
import { checkDeliveries } from "./deliveries.ts";
import { checkEffects } from "./effects.ts";
import { checkFold } from "./fold.ts";
import { checkJoins } from "./joins.ts";
import type { Problem } from "./problem.ts";
import { checkRates } from "./rates.ts";
import { checkRecorders } from "./recorders.ts";

export type { Problem } from "./problem.ts";

/** All that must hold after an evening, beside what was waited for while it settled. */
export async function checkAll(account: Account, databaseUrl: string): Promise<Problem[]> {
  const checks = [checkDeliveries, checkJoins, checkRecorders, checkEffects, checkRates];
  return [...checks.flatMap((check) => check(account)), ...(await checkFold(databaseUrl, account.plan.mode))];
}
