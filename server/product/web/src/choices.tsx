// What can be done with a conversation besides talking: take it along, download it, forget it, delete it.
import { useState } from "preact/hooks";
import * as api from "./api.ts";
import { Dialog, Link } from "./frame.tsx";
import * as keys from "./keys.ts";
import { date, words } from "./words.ts";
import { fill } from "./words_english.ts";

export type Choice = "device" | "forget" | "delete";

/// The items of the menu.
export function Choices({ choose, current }: { choose(choice: Choice): void; current: string }) {
  const item = (choice: Choice, text: string) => <li><button type="button" onClick={() => choose(choice)}>{text}</button></li>;
  const conversation = keys.conversations().find((one) => one.id === current);
  const others = keys.conversations().filter((one) => one.id !== current).slice(0, 5);
  return (
    <>
      {item("device", words.other_device)}
      <li><button type="button" onClick={() => conversation && void download(conversation)}>{words.download}</button></li>
      {others.map((one) => (
        <li>
          <button type="button" onClick={() => { keys.open(one); location.reload(); }}>
            {one.begunAt === "" ? words.earlier_unknown : fill(words.earlier, date(Date.parse(one.begunAt)))}
          </button>
        </li>
      ))}
      {item("forget", words.forget)}
      {item("delete", words.delete)}
    </>
  );
}

/// All data of the session, as a file of JSON.
async function download(key: api.Key): Promise<void> {
  const data = await api.exported(key);
  const url = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `conversation-${key.id.slice(0, 8)}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

interface Asked {
  choice: Choice | undefined;
  conversation: keys.Conversation;
  on_close(): void;
  on_deleted(): void;
}

Choices.Dialogs = function Dialogs({ choice, conversation, on_close, on_deleted }: Asked) {
  const [failed, set_failed] = useState(false);
  const remove = async () => {
    set_failed(false);
    try {
      await api.remove(conversation);
    } catch (error) {
      if (!(error instanceof api.ApiError) || error.tag !== "SessionNotFound") return set_failed(true);
    }
    keys.forget(conversation.id);
    on_close();
    on_deleted();
  };
  if (choice === "device") {
    return (
      <Dialog title={words.other_device} on_close={on_close}>
        <p>{words.other_device_text}</p>
        <Link label={words.other_device} href={keys.link_of(conversation)} />
        <form method="dialog"><button class="main">{words.close}</button></form>
      </Dialog>
    );
  }
  if (choice === "forget") {
    return (
      <Dialog title={words.forget} on_close={on_close}>
        <p>{words.forget_text}</p>
        <form method="dialog" class="choices">
          <button type="button" class="danger" onClick={() => { keys.forget(conversation.id); location.assign("/"); }}>{words.forget}</button>
          <button class="plain">{words.cancel}</button>
        </form>
      </Dialog>
    );
  }
  if (choice === "delete") {
    return (
      <Dialog title={words.delete_title} on_close={on_close}>
        <p>{words.delete_text}</p>
        {failed && <p role="alert" class="notice"><strong>{words.unknown}</strong></p>}
        <form method="dialog" class="choices">
          <button type="button" class="danger" onClick={() => void remove()}>{words.delete}</button>
          <button class="plain">{words.cancel}</button>
        </form>
      </Dialog>
    );
  }
  return null;
};
