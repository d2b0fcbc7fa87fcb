import { Allowance } from "./allowance.ts";
import { isIngestTold } from "./explained.ts";
import { LiveInputModel } from "./live-inputs.ts";
import { Network } from "./network.ts";
import { Observer } from "./observer.ts";
import { People } from "./people.ts";
import type { Act, Plan, Who } from "./plan.ts";
import { ProviderModel } from "./providers.ts";
import { Service } from "./service.ts";
import { t0 } from "./tell.ts";
import { Timeline } from "./timeline.ts";
import { brokenPromises, type Ended } from "./verdict.ts";

/** Everybody leaves so long after the last act, whatever the script says. */
const lastLeaveMs = 60_000;
const everybody: readonly Who[] = [0, 1, 2];
/** Longer than the longest session, and the hour in which a start without an answer may still tell of itself. */
const horizonMs = 48 * 3_600_000;

export interface Evening extends Ended {
  /** The promises that it broke. */
  broken: string[];
}

/** Plays an evening to its end, and holds it to the promises. */
export async function playEvening(plan: Plan): Promise<Evening> {
  const timeline = new Timeline(t0);
  const network = new Network(timeline, plan);
  const people = new People(timeline, network);
  const liveInputs = new LiveInputModel(timeline, network, plan.ways);
  const providers = new ProviderModel({ timeline, network, people, liveInputs }, plan);
  const service = new Service(timeline, providers, plan);
  const observer = new Observer({ people, providers, service }, { now: t0, ingestTold: isIngestTold(plan) });
  const allowance = new Allowance();

  network.receive = (key, event) => service.receive(key, event);
  network.onTrouble = (type, seconds) => allowance.forWebhook(type, seconds);
  providers.onTrouble = (operation, trouble) => allowance.forCall(operation, trouble);
  service.onDeath = (seconds, isLast) => allowance.forDeath(seconds, isLast);
  service.onCaughtUp = () => people.told();
  timeline.afterEach = () => observer.look(timeline.now);

  let at = 0;
  for (const act of plan.script) {
    at += act.after * 1000;
    timeline.after(at, () => {
      allowance.forAct(act);
      perform(act);
    });
  }
  timeline.after(at + lastLeaveMs, () => {
    for (const who of everybody) people.leave(who);
  });

  function perform(act: Act): void {
    switch (act.kind) {
      case "join":
      case "becomes_host":
        people.enter(act.who, "host");
        break;
      case "joins_audience":
      case "becomes_audience":
        people.enter(act.who, "audience");
        break;
      case "leave":
        people.leave(act.who);
        break;
      case "recorder_dies":
        newestRecorder()?.die(act.silently);
        break;
      case "recorder_moves":
        newestRecorder()?.move(act.seconds);
        break;
      case "push_drops":
        newestRecorder()?.drop();
        break;
      case "ingest_errs":
        liveInputs.err(act.code);
        break;
      case "live_input_deleted":
        liveInputs.delete();
        break;
      case "operator":
        service.asked({ type: act.what });
        break;
      case "mode":
        service.asked({ type: "ChannelRegistered", hostUid: null, relayMode: act.mode });
        break;
      case "outage":
        service.outage(act.seconds);
        break;
    }
  }

  function newestRecorder() {
    return providers.recorders.findLast(({ runs }) => runs);
  }

  const isAtRest = await timeline.run(t0 + horizonMs);
  observer.watch.end(timeline.now);
  const ended: Ended = { plan, observer, providers, service, allowedSeconds: allowance.seconds, isAtRest };
  return { ...ended, broken: brokenPromises(ended) };
}
