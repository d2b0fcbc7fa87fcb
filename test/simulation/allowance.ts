import type { Act, CallTrouble, Operation, WebhookType } from "./plan.ts";
import { allowances } from "./promises.ts";

/** How much longer one evening's trouble allows things to take, added up as the trouble happens. */
export class Allowance {
  seconds = 0;
  private starts = 0;

  forAct(act: Act): void {
    switch (act.kind) {
      case "recorder_dies":
        this.add(allowances.recorderDies);
        break;
      case "recorder_moves":
        this.add(act.seconds + allowances.recorderMoves);
        break;
      case "push_drops":
      case "ingest_errs":
      case "live_input_deleted":
        this.add(allowances.pushDrops);
        break;
      case "operator":
        if (act.what === "StartRequested") this.add(allowances.manualStart);
        break;
      default:
    }
  }

  /** @param seconds - late by so many, or null: lost. A lost join allows nothing: nobody can know of that host. */
  forWebhook(type: WebhookType, seconds: number | null): void {
    this.add(seconds ?? (type === "joined" ? 0 : allowances.webhookLost));
  }

  forCall(operation: Operation, trouble: CallTrouble): void {
    if (operation === "listVideos") return; // asked again later, and nobody waits for it
    if (trouble.how === "late") this.add(trouble.seconds);
    if (operation === "stop" || operation === "removeConverter") this.add(allowances.stop);
    else if (operation === "query" || operation === "getConverter" || operation === "users" || operation === "look") {
      this.add(allowances.check);
    } else if (operation === "updateConverter") this.add(allowances.update);
    else if (trouble.how === "full") this.add(allowances.full);
    else this.add(allowances.startWaits[Math.min(this.starts++, allowances.startWaits.length - 1)] ?? 0);
  }

  /** @param isLast - no process is left, until this one is back */
  forDeath(seconds: number, isLast: boolean): void {
    this.add(allowances.death + (isLast ? seconds : 0));
  }

  private add(seconds: number): void {
    this.seconds += seconds;
  }
}
