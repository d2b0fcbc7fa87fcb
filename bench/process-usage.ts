import { readdir, readFile } from "node:fs/promises";

/** Resident memory of a process, now and at its highest. NaN where there is no /proc. */
export async function residentMegabytes(pid: number): Promise<{ now: number; most: number }> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? NaN) / 1024;
  return { now: of("VmRSS"), most: of("VmHWM") };
}

/** Processor time of a process so far; Linux counts it in ticks of 10 ms. NaN elsewhere. */
export async function cpuMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Files and connections that a process has open. NaN where there is no /proc. */
export async function openFiles(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`).catch(() => null))?.length ?? NaN;
}

/**
 * That a process may have so many files and connections open at a time.
 *
 * @throws if it may not; nothing is known, and nothing thrown, where there is no /proc
 */
export async function assertOpenFiles(needed: number): Promise<void> {
  const limits = await readFile("/proc/self/limits", "utf8").catch(() => "");
  // Node has raised it as far as it may.
  const most = Number(/Max open files\s+(\d+)/.exec(limits)?.[1] ?? Infinity);
  if (most >= needed) return;
  throw new Error(
    `${needed} open files are needed and ${most} allowed: run "ulimit -n ${needed}" first, or ask for fewer --readers`,
  );
}
