// Chooses the view by the address: the conversation, one's own profile, or a shared one.
import { render } from "preact";
import * as keys from "./keys.ts";
import { Own } from "./own_profile.tsx";
import { Shared } from "./shared_profile.tsx";
import { App } from "./conversation.tsx";
import { language } from "./words.ts";

function view() {
  const path = location.pathname;
  if (path === "/profile") return <Own />;
  if (path.startsWith("/profile/")) return <Shared id={path.slice("/profile/".length)} />;
  return <App />;
}

document.documentElement.lang = language;
keys.take_link();
// A link that is opened where the page already stands changes nothing but what is behind #.
addEventListener("hashchange", () => {
  keys.take_link();
  location.reload();
});

function start() {
  const place = document.getElementById("app");
  if (!place) return;
  place.replaceChildren();
  render(view(), place);
}

// After the first frame, which shows the head of the page: all files may come before it, and it should not wait for this.
if (document.hidden) start();
else requestAnimationFrame(() => setTimeout(start));
