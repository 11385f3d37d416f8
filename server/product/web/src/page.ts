// What the service wrote into the page: its name and texts, which settings can change.
const data = document.documentElement.dataset;

export const name = data["name"] ?? "";
export const welcome = data["welcome"] ?? "";
export const privacy_url = data["privacy"] ?? "";
export const message_max = Number(data["messageMax"] ?? 4000);

/// The page's state, for tests and for styles; the states are listed in docs/pages.md.
export type State =
  | "welcome" | "talking" | "typing" | "streaming" | "reconnecting" | "slow_down" | "budget_spent" | "refused"
  | "completed" | "expired" | "profile_pending" | "profile" | "shared_profile" | "gone";

export function show_state(state: State): void {
  document.documentElement.dataset["state"] = state;
}
