import { type Converter, type ConverterDeps, startConverter } from "./converter.ts";
import type { ConverterConfig, PictureSize } from "./converter-config.ts";

/** All converters of the project. */
export interface Converters {
  create(order: { config: ConverterConfig; region: string; requestId: string }): Converter;
  /** Also one that has been destroyed. */
  byId(id: string): Converter | null;
  /** Those that have not been destroyed, in the order of their creation, each with its place in it, from 1 on. */
  living(): { place: number; converter: Converter }[];
  /**
   * Agora docs, media-push best practices: each size has its own limit, and all together must not exceed that of the
   * largest size among them.
   *
   * @returns the size whose limit one more of `size` would exceed, or null
   */
  exceeded(size: PictureSize): PictureSize | null;
}

const ascending: PictureSize[] = ["sd", "hd", "fhd"];

export function createConverters(deps: ConverterDeps): Converters {
  const converters = new Map<string, Converter>();
  const alive = new Map<number, Converter>();
  let lastPlace = 0;

  function living(): ReturnType<Converters["living"]> {
    for (const [place, { entry }] of alive) if (entry.state === "destroyed") alive.delete(place);
    return [...alive].map(([place, converter]) => ({ place, converter }));
  }

  return {
    create(order) {
      const converter = startConverter(deps, order);
      converters.set(converter.entry.id, converter);
      alive.set(++lastPlace, converter);
      return converter;
    },
    byId: (id) => converters.get(id) ?? null,
    living,
    exceeded(size) {
      const sizes = [size, ...living().map(({ converter }) => converter.entry.size)];
      const { quota } = deps.settings.converters;
      if (sizes.filter((one) => one === size).length > quota[size]) return size;
      const largest = ascending.findLast((one) => sizes.includes(one)) ?? size;
      return sizes.length > quota[largest] ? largest : null;
    },
  };
}
