// A profile that somebody shared, for everyone who has its link.
import { useEffect, useState } from "preact/hooks";
import * as api from "./api.ts";
import { Charts } from "./charts.tsx";
import { Footer, Header, Notice, Portrait } from "./frame.tsx";
import * as page from "./page.ts";
import { date, words } from "./words.ts";
import { fill } from "./words_english.ts";

const kLookMs = 3000;

export function Shared({ id }: { id: string }) {
  const [profile, set_profile] = useState<api.SharedProfile | "gone" | "lost">();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const look = async () => {
      try {
        set_profile(await api.profile(id));
      } catch (error) {
        const tag = error instanceof api.ApiError ? error.tag : "";
        if (tag === "ProfileNotFound" || tag === "InvalidRequest") return set_profile("gone");
        set_profile("lost");
        timer = setTimeout(look, kLookMs);
      }
    };
    void look();
    return () => clearTimeout(timer);
  }, [id]);
  if (profile === "gone") {
    page.show_state("gone");
    return <><Header /><Notice title={words.gone} hint={words.gone_profile}><a class="button main" href="/">{words.try_it}</a></Notice><Footer /></>;
  }
  if (profile === undefined || profile === "lost") {
    if (profile === "lost") page.show_state("reconnecting");
    return <><Header /><Notice title={profile === "lost" ? words.reconnecting : words.profile_shared} hint="" /></>;
  }
  page.show_state("shared_profile");
  const whose = profile.displayName === undefined ? words.profile_shared : fill(words.profile_of, profile.displayName);
  return (
    <>
      <Header><a class="button plain" href="/">{words.try_it}</a></Header>
      <main class="profile">
        <div class="who">
          <Portrait code={profile.archetype.code} />
          <div>
            <p class="hint" dir="auto">{whose}</p>
            <h1>{profile.archetype.name}</h1>
            <p class="lead">{profile.archetype.description}</p>
            <p class="hint">{fill(words.shared_on, date(Date.parse(profile.createdAt)))}</p>
          </div>
        </div>
        <Charts traits={profile.traits} facets={profile.facets} />
      </main>
      <Footer />
    </>
  );
}
