import { Refused } from "../../operators/index.ts";
import { Problem } from "../problem.ts";

/** @throws {Problem} in place of what operators are refused with, under the same code */
export function orProblem(error: unknown): never {
  throw error instanceof Refused ? new Problem(error.code, error.message) : error;
}
