import type { RelayMode } from "./shared.ts";

/** The app or an operator said who the host is, and how to carry the picture. */
export interface ChannelRegistered {
  type: "ChannelRegistered";
  hostUid: number | null;
  relayMode: RelayMode | null;
}

export interface StartRequested {
  type: "StartRequested";
}

export interface StopRequested {
  type: "StopRequested";
}

export interface HoldReleased {
  type: "HoldReleased";
}

/** An operator wants both providers asked how the channel is, now. */
export interface CheckRequested {
  type: "CheckRequested";
}

/** An operator wants a dead stop tried again. */
export interface StopRetried {
  type: "StopRetried";
  resourceId: string;
}

/** An operator wants a dead deletion tried again. */
export interface VideoDeletionRetried {
  type: "VideoDeletionRetried";
  video: string;
}

/** An operator had a call made again that was given up. */
export interface EffectRetried {
  type: "EffectRetried";
  effectId: number;
  effect: string;
}

/** An operator put a dead effect aside that nobody wants any more. Changes nothing but what waits for a person. */
export interface EffectDismissed {
  type: "EffectDismissed";
  effectId: number;
  effect: string;
}

/** An operator had the channel's history folded again. */
export interface ReplayRequested {
  type: "ReplayRequested";
  /** Whether it may start what the new state asks for. */
  act: boolean;
}

/** A person was erased from the channel's events. */
export interface PersonErased {
  type: "PersonErased";
  /** How many were changed or deleted. */
  events: number;
}

/** What a person or the seller's app can ask for. */
export type OperatorEvent =
  | ChannelRegistered
  | StartRequested
  | StopRequested
  | HoldReleased
  | CheckRequested
  | StopRetried
  | VideoDeletionRetried
  | EffectRetried
  | EffectDismissed
  | ReplayRequested
  | PersonErased;
