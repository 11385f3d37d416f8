// One conversation: sends, follows and resumes; keeps what the page shows of it. No view.
import * as api from "./api.ts";
import * as keys from "./keys.ts";

export type Phase = "loading" | "idle" | "typing" | "streaming";

/// Something that the person has to know; `until`: when it is over, if that is known.
export interface Notice {
  tag: string;
  until?: number;
  detail: string;
}

export interface View {
  messages: api.Message[];
  progress: api.Progress | undefined;
  state: api.SessionState;
  expiresAt: string;
  phase: Phase;
  /// The message that has no answer yet, and what has arrived of the answer.
  pending: string | undefined;
  live: string;
  notice: Notice | undefined;
  /// The connection is lost, and is being tried again.
  lost: boolean;
}

const kPausesMs = [500, 1000, 2000, 4000, 8000, 15000];

/// A key for one message that nobody else will use.
function new_key(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes));
}

export class Talk {
  view: View = {
    messages: [], progress: undefined, state: "active", expiresAt: "", phase: "loading", pending: undefined, live: "",
    notice: undefined, lost: false,
  };
  readonly key: api.Key;
  #on_change: () => void;
  #stop = new AbortController();
  #wake: (() => void) | undefined;
  #place = "";
  #tries = 0;

  constructor(key: api.Key, on_change: () => void) {
    this.key = key;
    this.#on_change = on_change;
    addEventListener("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#look);
  }

  /// Ends all waiting; the service goes on with an answer that it has begun.
  close(): void {
    this.#stop.abort();
    this.#wake?.();
    removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#look);
  }

  /// Shows a conversation that has just begun, without asking for it.
  begin(started: api.Started): void {
    this.#set({ messages: [started.message], expiresAt: started.expiresAt, phase: "idle" });
  }

  /// Reads the conversation, and goes on with an answer that is being made. Throws for a session that is gone.
  async load(): Promise<void> {
    const unsent = keys.unsent();
    const resumed = await this.#until_reached(() => api.resume(this.key));
    // What is being said meanwhile is newer.
    if (!resumed || this.view.pending !== undefined) return;
    this.#take(resumed);
    const last = resumed.messages.at(-1);
    const waits = unsent?.id === this.key.id && resumed.state === "active";
    if (last?.role === "user" || waits) {
      const text = waits ? unsent.text : (last?.content ?? "");
      if (last?.role === "user" && last.content === text) this.#set({ messages: resumed.messages.slice(0, -1) });
      await this.#exchange(text, waits ? unsent.key : undefined, true);
    } else {
      this.#set({ phase: "idle" });
    }
  }

  async say(text: string): Promise<void> {
    if (this.view.phase !== "idle") return;
    await this.#exchange(text, new_key(), false);
  }

  /// Sends the message that has no answer once more.
  async again(): Promise<void> {
    if (this.view.phase !== "idle" || this.view.pending === undefined) return;
    const unsent = keys.unsent();
    await this.#exchange(this.view.pending, unsent?.id === this.key.id ? unsent.key : new_key(), false);
  }

  /// Gives the message back that has no answer, for the writer to change it. What the service has kept of it stays.
  take_back(): string {
    const text = this.view.pending ?? "";
    const is_kept = ["MessageCancelled", "ModelUnavailable", "NoAnswer"].includes(this.view.notice?.tag ?? "");
    keys.answered();
    this.#set({ pending: undefined, notice: undefined, ...(is_kept ? { messages: this.#with_unanswered(text) } : {}) });
    return text;
  }

  async stop_answer(): Promise<void> {
    await api.cancel(this.key).catch(() => undefined);
  }

  #hurry = () => {
    this.#tries = 0;
    this.#wake?.();
  };

  /// Another device may have gone on with the conversation meanwhile.
  #look = () => {
    if (document.visibilityState !== "visible") return;
    this.#hurry();
    if (this.view.phase === "idle" && this.view.pending === undefined) {
      void this.load().catch(() => undefined);
    }
  };

  #set(change: Partial<View>): void {
    this.view = { ...this.view, ...change };
    if (!this.#stop.signal.aborted) this.#on_change();
  }

  #with_unanswered(content: string): api.Message[] {
    const { messages } = this.view;
    const position = (messages.at(-1)?.position ?? 0) + 1;
    return [...messages, { position, role: "user", content, createdAt: new Date().toISOString() }];
  }

  #take(resumed: api.Resumed): void {
    const { messages, progress, state, expiresAt } = resumed;
    this.#set({ messages, progress, state, expiresAt, lost: false });
  }

  #listener: api.Listener = {
    onText: (live) => this.#set({ live, phase: "streaming", lost: false }),
    onPlace: (id) => {
      this.#place = id;
      this.#tries = 0;
    },
  };

  /// A message and its answer, through lost connections. Without a key the message is only waited for.
  async #exchange(text: string, key: string | undefined, is_known: boolean): Promise<void> {
    if (key !== undefined) keys.sending({ id: this.key.id, text, key });
    this.#place = "";
    this.#tries = 0;
    this.#set({ pending: text, live: "", phase: "typing", notice: undefined });
    try {
      const answer = await this.#until_reached(() => this.#attempt(text, key, is_known || this.#tries > 0));
      if (answer) this.#finish(text, answer);
      else this.#set({ phase: "idle", live: "", notice: { tag: "NoAnswer", detail: "" } });
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#fail(error);
    }
  }

  /// Follows if the message may have arrived, else and otherwise sends it.
  async #attempt(text: string, key: string | undefined, may_be_under_way: boolean): Promise<api.Answer | undefined> {
    const signal = this.#stop.signal;
    if (may_be_under_way) {
      // An answer that was stored before this message was sent is not the answer to it.
      const answer = await api.follow(this.key, this.#place, this.view.live, this.#listener, signal);
      if (answer && !this.view.messages.some((one) => one.position === answer.message.position)) return answer;
    }
    this.#place = "";
    return key === undefined ? undefined : api.send(this.key, text, key, this.#listener, signal);
  }

  #finish(text: string, answer: api.Answer): void {
    keys.answered();
    const position = answer.message.position;
    const said: api.Message = { position: position - 1, role: "user", content: text, createdAt: answer.message.createdAt };
    this.#set({
      messages: [...this.view.messages.filter((one) => one.position < said.position), said, answer.message],
      progress: answer.progress,
      state: answer.progress.completed ? "completed" : this.view.state,
      pending: undefined, live: "", phase: "idle", lost: false,
    });
  }

  #fail(error: unknown): void {
    const { tag, detail, retryAt } = error instanceof api.ApiError ? error : new api.ApiError("Unknown", String(error));
    const change: Partial<View> = { phase: "idle", live: "", lost: false };
    if (tag === "SessionExpired") change.state = "expired";
    if (tag === "SessionCompleted") change.state = "completed";
    if (tag === "ModelRefused") {
      // Stored, and left out of all that follows.
      keys.answered();
      change.messages = this.#with_unanswered(this.view.pending ?? "");
      change.pending = undefined;
    }
    this.#set({ ...change, notice: { tag, detail, ...(retryAt === undefined ? {} : { until: retryAt }) } });
  }

  /// Tries until the service answers, with growing pauses. Undefined if this was closed meanwhile.
  async #until_reached<Value>(attempt: () => Promise<Value>): Promise<Value | undefined> {
    while (!this.#stop.signal.aborted) {
      try {
        const value = await attempt();
        if (this.view.lost) this.#set({ lost: false });
        return value;
      } catch (error) {
        if (this.#stop.signal.aborted) return undefined;
        const tag = error instanceof api.ApiError ? error.tag : "";
        // Busy: the answer is being made; another process, or this one, will send it.
        if (tag !== "Offline" && tag !== "SessionBusy" && tag !== "ServiceUnavailable") throw error;
        if (tag !== "SessionBusy") this.#set({ lost: true });
        await this.#pause(kPausesMs[Math.min(this.#tries++, kPausesMs.length - 1)] ?? 1000);
      }
    }
    return undefined;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, ms);
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
}
