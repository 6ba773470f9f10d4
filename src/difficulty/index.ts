// The door stampmill/difficulty: how long work takes, and what it costs whom.

export { erlangCdf, erlangQuantile, erlangTail } from "../stamp/erlang.ts";
export {
  type Cost,
  type CostOptions,
  costOf,
  type Tenure,
} from "./attackers.ts";
export {
  type Choice,
  chooseSet,
  type Target,
} from "./choice.ts";
export { DEVICES, type Device, ELECTRICITY, type Figure } from "./devices.ts";
export type { Pace, StampSet } from "./pace.ts";
export {
  type HostOptions,
  type HostPace,
  type HostRate,
  hostPace,
  hostRate,
} from "./profile.ts";
