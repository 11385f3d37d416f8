// The conversation: messages, the writer's field, what is under way, and what limits it.
import { useEffect, useRef, useState } from "preact/hooks";
import * as api from "./api.ts";
import { Footer, Header, Menu, Notice, useClock } from "./frame.tsx";
import * as keys from "./keys.ts";
import { Choices, type Choice } from "./choices.tsx";
import * as page from "./page.ts";
import { Talk, type Notice as Told, type View } from "./talk.ts";
import { Welcome } from "./welcome.tsx";
import { date, when, words } from "./words.ts";
import { fill } from "./words_english.ts";

export function App() {
  const [opened, open] = useState(() => keys.conversations()[0]);
  const [begun, set_begun] = useState<api.Started>();
  const [fresh, begin_new] = useState(false);
  if (opened === undefined || fresh) {
    return (
      <Welcome earlier={keys.conversations()[0]?.token} on_begun={(started) => {
        const one = { id: started.sessionId, token: started.token, begunAt: new Date().toISOString() };
        keys.open(one);
        set_begun(started);
        begin_new(false);
        open(one);
      }} />
    );
  }
  return <Conversation key={opened.id} conversation={opened} begun={begun} on_new={() => begin_new(true)} />;
}

/// The state that the page is in, by what the conversation shows.
function state_of(view: View): page.State {
  if (view.lost) return "reconnecting";
  if (view.phase === "typing" || view.phase === "streaming") return view.phase;
  switch (view.notice?.tag) {
    case "RateLimitExceeded": return "slow_down";
    case "CostLimitExceeded": return "budget_spent";
    case "ModelRefused": return "refused";
  }
  return view.state === "active" ? "talking" : view.state;
}

function useTalk(conversation: keys.Conversation, begun: api.Started | undefined) {
  const [, redraw] = useState(0);
  const [gone, set_gone] = useState(false);
  const talk = useRef<Talk>(undefined);
  talk.current ??= new Talk(conversation, () => redraw((n) => n + 1));
  useEffect(() => {
    const current = talk.current;
    if (begun?.sessionId === conversation.id) current?.begin(begun);
    else current?.load().catch(() => set_gone(true));
    return () => current?.close();
  }, []);
  return { talk: talk.current, gone };
}

function Conversation({ conversation, begun, on_new }:
    { conversation: keys.Conversation; begun: api.Started | undefined; on_new(): void }) {
  const { talk, gone } = useTalk(conversation, begun);
  const [choice, choose] = useState<Choice>();
  const [deleted, set_deleted] = useState(false);
  const view = talk.view;
  if (gone || deleted) {
    page.show_state("gone");
    const forget = () => {
      keys.forget(conversation.id);
      location.assign("/");
    };
    return (
      <>
        <Header />
        <Notice title={deleted ? words.deleted : words.gone} hint={deleted ? words.deleted_hint : words.gone_talk}>
          <button type="button" class="main" onClick={forget}>
            {keys.conversations().some((one) => one.id !== conversation.id) ? words.earlier_unknown : words.begin_new}
          </button>
        </Notice>
        <Footer />
      </>
    );
  }
  page.show_state(state_of(view));
  return (
    <div class="talk">
      <Header>
        <Progress progress={view.progress} />
        <a class="button plain" href="/profile">{words.your_profile}</a>
        <Menu><Choices choose={choose} current={conversation.id} /></Menu>
      </Header>
      <main aria-label={words.conversation}>
        <h1 class="hidden">{words.conversation}</h1>
        <Messages view={view} />
        <Below talk={talk} on_new={on_new} />
      </main>
      <Choices.Dialogs choice={choice} conversation={conversation} on_close={() => choose(undefined)}
                       on_deleted={() => { talk.close(); set_deleted(true); }} />
    </div>
  );
}

function Progress({ progress }: { progress: api.Progress | undefined }) {
  if (!progress) return <span class="progress" />;
  const text = fill(words.progress, String(progress.answered), String(progress.messagesMax), String(progress.facetsKnown));
  return (
    <span class="progress">
      <progress max={progress.messagesMax} value={progress.answered} aria-label={text} title={text} />
    </span>
  );
}

function Messages({ view }: { view: View }) {
  const end = useRef<HTMLDivElement>(null);
  const count = view.messages.length;
  useEffect(() => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    end.current?.scrollIntoView({ block: "end", behavior: calm || view.phase === "streaming" ? "auto" : "smooth" });
  }, [count, view.pending, view.phase, view.live.length >> 6, view.notice, view.lost]);
  return (
    <>
      <div role="log" aria-label={words.conversation}>
        <ol class="messages">
          {view.messages.map((one) => <Bubble key={one.position} role={one.role} text={one.content} />)}
          {view.pending !== undefined && <Bubble key="pending" role="user" text={view.pending} faint />}
        </ol>
      </div>
      {view.phase === "streaming" && view.live !== "" && (
        <div class="messages" aria-busy="true"><Bubble role="assistant" text={view.live} live /></div>
      )}
      {view.phase === "typing" && !view.lost && (
        <p class="dots" role="status"><span class="hidden">{words.nerin_writes}</span><i /><i /><i /></p>
      )}
      <div ref={end} />
    </>
  );
}

/// One message. Its text is only ever set as text.
function Bubble({ role, text, faint, live }: { role: string; text: string; faint?: boolean; live?: boolean }) {
  const who = role === "user" ? words.you : words.nerin;
  const classes = `bubble ${role}${faint ? " faint" : ""}`;
  const content = (
    <>
      <span class="hidden">{who}: </span>
      <p dir="auto">{text}</p>
    </>
  );
  return live ? <div class={classes}>{content}</div> : <li class={classes}>{content}</li>;
}

/// What stands below the messages: a notice, the field, or what comes after the end.
function Below({ talk, on_new }: { talk: Talk; on_new(): void }) {
  const { view } = talk;
  const [text, set_text] = useState("");
  const waits = useClock(view.notice?.until);
  const over = view.state !== "active";
  return (
    <div class="below">
      <div role="status">
        {view.lost && <p class="notice"><strong>{words.reconnecting}</strong> <span>{words.reconnecting_hint}</span></p>}
      </div>
      <div role="alert">
        {view.notice && !view.lost && <Note told={view.notice} />}
      </div>
      {view.pending !== undefined && view.phase === "idle" && !over && (
        <p class="choices">
          <button type="button" class="main" disabled={waits} onClick={() => void talk.again()}>{words.send_again}</button>
          <button type="button" class="plain" onClick={() => set_text(talk.take_back())}>{words.change_it}</button>
        </p>
      )}
      {over && view.phase === "idle" ? <End view={view} on_new={on_new} />
        : (view.pending === undefined || view.phase !== "idle") && <Field talk={talk} text={text} set_text={set_text} />}
    </div>
  );
}

/// Told once to those who listen, with the time of day; those who look see how long it still takes.
function Note({ told }: { told: Told }) {
  const say = (title: string, hint: string, unknown = "") => {
    const { until } = told;
    return (
      <p class="notice">
        <strong>{title}</strong>{" "}
        {until === undefined
          ? <span>{unknown}</span>
          : <><span aria-hidden="true">{fill(hint, when(until))}</span><span class="hidden">{fill(hint, date(until, true))}</span></>}
      </p>
    );
  };
  switch (told.tag) {
    case "RateLimitExceeded": return say(words.slow_down, words.slow_down_hint);
    case "CostLimitExceeded": return say(words.budget, words.budget_hint, words.budget_hint_unknown);
    case "ModelRefused": return say(words.refused, words.refused_hint, words.refused_hint);
    case "ModelUnavailable": return say(words.unavailable, words.unavailable_hint, words.unavailable_hint);
    case "NoAnswer": case "MessageCancelled": return say(words.no_answer, "");
    case "SessionExpired": case "SessionCompleted": return null;
    default: return say(words.unknown, told.detail, told.detail);
  }
}

function End({ view, on_new }: { view: View; on_new(): void }) {
  const done = view.state === "completed";
  return (
    <div class="end">
      <h2>{done ? words.completed : words.expired}</h2>
      <p>{done ? words.completed_hint : words.expired_hint}</p>
      <p class="choices">
        <a class="button main" href="/profile">{words.your_profile}</a>
        <button type="button" class="plain" onClick={on_new}>{words.begin_new}</button>
      </p>
    </div>
  );
}

function Field({ talk, text, set_text }: { talk: Talk; text: string; set_text(text: string): void }) {
  const { view } = talk;
  const place = useRef<HTMLTextAreaElement>(null);
  const ready = view.phase === "idle";
  const length = [...text].length;
  const too_long = length > page.message_max;
  useEffect(() => {
    if (ready) place.current?.focus({ preventScroll: true });
  }, [ready]);
  const send = (event: Event) => {
    event.preventDefault();
    if (!ready || too_long || text.trim() === "") return;
    set_text("");
    void talk.say(text);
  };
  const on_key = (event: KeyboardEvent) => {
    // On a phone, Enter is the only way to a new line.
    const hand = matchMedia("(pointer: coarse)").matches;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !hand) send(event);
  };
  return (
    <form class="field" onSubmit={send}>
      <label class="hidden" for="message">{words.your_message}</label>
      <textarea id="message" ref={place} rows={2} dir="auto" placeholder={words.placeholder} value={text}
                aria-invalid={too_long} aria-describedby="field-hint"
                onInput={(e) => set_text(e.currentTarget.value)} onKeyDown={on_key} />
      {ready || view.lost
        ? <button type="submit" class="main" disabled={!ready || too_long || text.trim() === ""}>{words.send}</button>
        : <button type="button" class="plain" onClick={() => void talk.stop_answer()}>{words.stop}</button>}
      <p id="field-hint" class="hint" role="status">{hint_of(view, length, too_long)}</p>
    </form>
  );
}

function hint_of(view: View, length: number, too_long: boolean): string {
  if (too_long) return fill(words.too_long, String(length), String(page.message_max));
  if (view.progress?.windingDown) return words.winding_down;
  return view.expiresAt === "" ? "" : fill(words.expires, date(Date.parse(view.expiresAt)));
}
