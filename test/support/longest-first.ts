import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Longest first, as measured on two cores; what is not among them takes seconds. */
const longest = [
  "chaos/chaos",
  "scenarios/stopped",
  "examples/browser/seller-app",
  "scenarios/evening",
  "stage/browser/page",
  "console/browser/console",
  "scenarios/killed",
  "scenarios/start-failures",
  "scenarios/media-push",
  "scenarios/playable",
  "scenarios/video",
  "scenarios/viewers",
  "engine/worker",
  "simulation/evenings",
  "sandbox/browser/playing",
].map((name) => `/test/${name}.test.ts`);

/**
 * Begins with the files that take longest, so that none of them is left alone at the end: vitest knows that only from an
 * earlier run. Projects stay together, since a worker serves one of them; `service` has the longest.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ project, moduleId }: TestSpecification): number {
  const rank = longest.findIndex((name) => moduleId.endsWith(name));
  return (project.name === "service" ? 0 : 1000) + (rank === -1 ? longest.length : rank);
}
