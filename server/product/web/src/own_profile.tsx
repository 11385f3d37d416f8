// One's own profile: with the words that it comes from, and the page that shares it.
import { useEffect, useState } from "preact/hooks";
import * as api from "./api.ts";
import { Charts } from "./charts.tsx";
import { Footer, Header, Link, Notice, Portrait } from "./frame.tsx";
import * as keys from "./keys.ts";
import * as page from "./page.ts";
import { words } from "./words.ts";

const kLookMs = 2000;

interface Known {
  results: api.Results;
  evidence: api.Evidence[];
}

/// What is known of it, read again while it changes. "gone": the conversation is not there.
function useProfile(key: api.Key | undefined): Known | "gone" | "lost" | undefined {
  const [known, set_known] = useState<Known | "gone" | "lost">();
  useEffect(() => {
    if (key === undefined) return set_known("gone");
    let timer: ReturnType<typeof setTimeout>;
    let ended = false;
    const look = async () => {
      try {
        const results = await api.results(key);
        const { evidence } = await api.exported(key);
        if (ended) return;
        set_known({ results, evidence });
        if (results.analysis.state !== "pending") return;
      } catch (error) {
        const tag = error instanceof api.ApiError ? error.tag : "";
        if (ended) return;
        if (tag === "SessionNotFound" || tag === "Unauthorized") return set_known("gone");
        set_known((before) => before ?? "lost");
      }
      timer = setTimeout(look, kLookMs);
    };
    void look();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, []);
  return known;
}

export function Own() {
  const [conversation] = useState(() => keys.conversations()[0]);
  const known = useProfile(conversation);
  const back = <a class="button plain" href="/">{words.conversation}</a>;
  if (known === "gone") {
    page.show_state("gone");
    return <><Header /><Notice title={words.gone} hint={words.gone_talk}><a class="button main" href="/">{words.begin_new}</a></Notice><Footer /></>;
  }
  if (known === undefined || known === "lost") {
    if (known === "lost") page.show_state("reconnecting");
    return <><Header>{back}</Header><Notice title={known === "lost" ? words.reconnecting : words.your_profile} hint="" /><Footer /></>;
  }
  const { results, evidence } = known;
  const pending = results.analysis.state === "pending";
  if (!results.facets.some((one) => one.evidenceCount > 0)) {
    page.show_state("profile_pending");
    return (
      <>
        <Header>{back}</Header>
        <Notice title={pending ? words.profile_pending : words.profile_early}
                hint={pending ? words.profile_pending_hint : words.profile_early_hint}>
          <a class="button main" href="/">{words.back_to_talk}</a>
        </Notice>
        <Footer />
      </>
    );
  }
  page.show_state("profile");
  return (
    <>
      <Header>{back}</Header>
      <main class="profile">
        <div class="who">
          <Portrait code={results.archetype.code} />
          <div>
            <p class="hint">{words.your_profile} · {results.code5}</p>
            <h1>{results.archetype.name}</h1>
            <p class="lead">{results.archetype.description}</p>
            <p role="status" class="hint">{pending ? words.profile_pending : ""}</p>
          </div>
        </div>
        <Charts traits={results.traits} facets={results.facets} evidence={evidence}>
          {conversation && <Sharing conversation={conversation} />}
        </Charts>
      </main>
      <Footer />
    </>
  );
}

function Sharing({ conversation }: { conversation: keys.Conversation }) {
  const [path, set_path] = useState(conversation.shared);
  const [told, tell] = useState("");
  const keep = (shared: string | undefined) => {
    const { shared: _, ...rest } = conversation;
    keys.open(shared === undefined ? rest : { ...rest, shared });
    set_path(shared);
  };
  const run = (action: () => Promise<void>) => async () => {
    tell("");
    try {
      await action();
    } catch (error) {
      const tag = error instanceof api.ApiError ? error.tag : "";
      tell(tag === "ProfileEmpty" ? words.share_empty : tag === "Offline" ? words.reconnecting : words.unknown);
    }
  };
  const share = run(async () => keep((await api.share(conversation)).path));
  const withdraw = run(async () => {
    await api.unshare(conversation);
    keep(undefined);
    tell(words.unshared);
  });
  const href = path === undefined ? "" : location.origin + path;
  return (
    <section class="sharing" aria-labelledby="sharing-title">
      <h2 id="sharing-title">{words.share}</h2>
      <p>{path === undefined ? words.share_hint : words.shared_hint}</p>
      {path !== undefined && <Link label={words.share} href={href} />}
      <p class="choices">
        {path === undefined
          ? <button type="button" class="main" onClick={share}>{words.share}</button>
          : <>
              <a class="button plain" href={path}>{words.open_page}</a>
              <button type="button" class="danger" onClick={withdraw}>{words.unshare}</button>
            </>}
      </p>
      <p role="status" class="hint">{told}</p>
    </section>
  );
}
