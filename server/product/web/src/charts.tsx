// A profile as charts that are understood at a glance, each with a table for those who listen.
import type { ComponentChildren } from "preact";
import type { Evidence, FacetScore, TraitScore } from "./api.ts";
import { number, words } from "./words.ts";
import { fill } from "./words_english.ts";

const kFacetMax = 20;
const kTraitMax = 120;

const level = (one: { level: "low" | "mid" | "high" }) => words[one.level];
const is_known = (facet: FacetScore) => facet.evidenceCount > 0;

/// From 1, a guess, to 4, certain: as styles show it.
const certainty = (facet: FacetScore) => Math.min(4, 1 + Math.floor(facet.confidence / 20));

/// A bar on a scale of thirds: low, middle, high.
function Bar({ share, classes }: { share: number; classes: string }) {
  const percent = `${Math.max(1, share * 100).toFixed(1)}%`;
  return (
    <svg class={`scale ${classes}`} aria-hidden="true" focusable="false">
      <rect class="track" width="100%" height="100%" rx="5" />
      <rect class="fill" width={percent} height="100%" rx="5" />
      <rect class="third" x="33.33%" width="2" height="100%" />
      <rect class="third" x="66.67%" width="2" height="100%" />
    </svg>
  );
}

/// Thirty petals around a centre, in the colours of their traits.
export function Flower({ traits, facets }: { traits: TraitScore[]; facets: FacetScore[] }) {
  const order = traits.map((one) => one.trait);
  const at = (angle: number, radius: number) =>
    `${(radius * Math.sin(angle)).toFixed(1)} ${(-radius * Math.cos(angle)).toFixed(1)}`;
  const step = (2 * Math.PI) / facets.length;
  const petal = (facet: FacetScore, i: number) => {
    const inner = 26;
    const radius = inner + (is_known(facet) ? 12 + (facet.score / kFacetMax) * 110 : 6);
    const [from, to] = [(i - 0.44) * step, (i + 0.44) * step];
    const d = `M${at(from, inner)}L${at(from, radius - 8)}Q${at(from, radius)} ${at(i * step, radius)}Q${at(to, radius)} ${at(to, radius - 8)}L${at(to, inner)}Z`;
    const look = is_known(facet) ? `c${certainty(facet)}` : "unknown";
    return <path key={facet.facet} class={`t${order.indexOf(facet.trait)} ${look}`} d={d} />;
  };
  return (
    <svg class="flower" viewBox="-160 -160 320 320" aria-hidden="true" focusable="false">
      {[148, 111, 75].map((r) => <circle class="ring" r={r} />)}
      {facets.map(petal)}
    </svg>
  );
}

function Table({ caption, head, rows }: { caption: string; head: string[]; rows: string[][] }) {
  return (
    <div class="hidden">
      <table>
        <caption>{caption}</caption>
        <thead><tr>{head.map((one) => <th scope="col">{one}</th>)}</tr></thead>
        <tbody>
          {rows.map(([first, ...rest]) => (
            <tr><th scope="row">{first}</th>{rest.map((one) => <td>{one}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Traits({ traits }: { traits: TraitScore[] }) {
  const score = (one: TraitScore) => fill(words.of_120, number(one.score), String(kTraitMax));
  const known = (one: TraitScore) => one.text !== undefined;
  return (
    <section class="traits" aria-labelledby="traits-title">
      <h2 id="traits-title">{words.traits}</h2>
      <Table caption={words.traits} head={[words.trait, words.score, words.level]}
             rows={traits.map((one) => [one.label, known(one) ? score(one) : words.not_known, known(one) ? level(one) : ""])} />
      <ul aria-hidden="true">
        {traits.map((one, i) => (
          <li class={known(one) ? "" : "unknown"}>
            <span class="name">{one.label}</span>
            <Bar share={known(one) ? one.score / kTraitMax : 0} classes={`t${i}`} />
            <span class="level">{known(one) ? `${level(one)} · ${number(one.score)}` : words.not_known}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Shown {
  trait: TraitScore;
  place: number;
  facets: FacetScore[];
  /// The owner's; nothing for other readers.
  evidence?: Evidence[] | undefined;
}

/// A trait and its six facets.
export function Facets({ trait, place, facets, evidence }: Shown) {
  const rows = facets.map((one) => is_known(one)
    ? [one.label, fill(words.of_20, number(one.score, 1)), level(one), fill(words.sure, number(one.confidence)), String(one.evidenceCount)]
    : [one.label, words.not_known, "", "", "0"]);
  const id = `facets-${trait.trait}`;
  return (
    <section class="facets" aria-labelledby={id}>
      <h3 id={id}><span class={`mark t${place}`} aria-hidden="true" />{trait.label}</h3>
      {trait.text && <p>{trait.text}</p>}
      <Table caption={fill(words.facets_of, trait.label)} rows={rows}
             head={[words.facet, words.score, words.level, words.certainty, words.passages]} />
      <ul>{facets.map((one) => <Facet facet={one} place={place} evidence={evidence} />)}</ul>
    </section>
  );
}

function Facet({ facet, place, evidence }: { facet: FacetScore; place: number; evidence: Evidence[] | undefined }) {
  const known = is_known(facet);
  const mine = evidence?.filter((one) => one.facet === facet.facet) ?? [];
  return (
    <li class={known ? "" : "unknown"}>
      <span class="name">{facet.label}</span>
      <Bar share={known ? facet.score / kFacetMax : 0} classes={`t${place} ${known ? `c${certainty(facet)}` : ""}`} />
      <span class="level" aria-hidden="true">{known ? level(facet) : words.not_known}</span>
      {known && facet.text && <p class="text">{facet.text}</p>}
      {mine.length > 0 && <Quotes mine={mine} label={facet.label} />}
    </li>
  );
}

function Quotes({ mine, label }: { mine: Evidence[]; label: string }) {
  const text = words.quotes[mine.length === 1 ? 0 : 1] ?? "";
  return (
    <details class="quotes">
      <summary>{fill(text, String(mine.length))}<span class="hidden">: {label}</span></summary>
      {mine.map((one) => <blockquote dir="auto">{one.quote}</blockquote>)}
    </details>
  );
}

/// Everything of a profile below its head.
export function Charts(props: { traits: TraitScore[]; facets: FacetScore[]; evidence?: Evidence[]; children?: ComponentChildren }) {
  const { traits, facets, evidence } = props;
  return (
    <>
      <section class="glance" aria-labelledby="glance-title">
        <h2 id="glance-title">{words.at_a_glance}</h2>
        <Flower traits={traits} facets={facets} />
        <p class="hint">{words.glance_hint}</p>
      </section>
      <Traits traits={traits} />
      {props.children}
      <div class="all-facets">
        {traits.map((trait, i) => (
          <Facets trait={trait} place={i} evidence={evidence} facets={facets.filter((one) => one.trait === trait.trait)} />
        ))}
      </div>
    </>
  );
}
