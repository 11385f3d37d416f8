// Makes cards.svg: a picture for each of the 81 types, 600 by 315, as a group with the code as its id. It shows one of them;
// cmake/pages.cmake names the others in its place.
import { glyphs, kHeight, kWidth, layers, type Shape } from "./emblem.ts";

const kPanel = 225;
const kPen = `fill="none" stroke="#f4f1e6" stroke-width="9" stroke-linecap="round" stroke-linejoin="round"`;

function element([name, attributes]: Shape): string {
  const words = Object.entries(attributes).map(([key, value]) => `${key}="${value}"`);
  return `<${name} ${words.join(" ")}/>`;
}

function codes(): string[] {
  const all: string[] = [];
  for (const o of "PGO") for (const c of "FBD") for (const e of "IAE") for (const a of "CNW") all.push(o + c + e + a);
  return all;
}

/// The letters two by two, on the panel.
function card(code: string): string {
  const letters = [...code].map((letter, i) => {
    const x = 52 + (i % 2) * 80;
    const y = 74 + Math.floor(i / 2) * 104;
    return `<use href="#glyph-${letter}" x="${x}" y="${y}"/>`;
  });
  const [sky, sea, light, land] = code;
  const scene = [sky, light, land, sea].map((layer) => `<use href="#layer-${layer}" x="${kPanel}"/>`);
  return `<g id="${code}">${scene.join("")}<use href="#panel"/><g ${kPen}>${letters.join("")}</g></g>`;
}

export function cards_svg(): string {
  const parts = Object.entries(layers).map(([letter, shapes]) =>
    `<g id="layer-${letter}">${shapes.map(element).join("")}</g>`);
  const letters = Object.entries(glyphs).map(([letter, d]) => `<path id="glyph-${letter}" d="${d}"/>`);
  const width = kPanel + kWidth;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${kHeight}" viewBox="0 0 ${width} ${kHeight}">`,
    "<defs>",
    `<rect id="panel" width="${kPanel}" height="${kHeight}" fill="#0b2a33"/>`,
    ...parts,
    ...letters,
    ...codes().map(card),
    "</defs>",
    `<use href="#PFIC"/>`,
    "</svg>",
    "",
  ].join("\n");
}
