// The picture of a type, a seascape: each of the four letters of its code draws one layer of it. The page shows it as the
// portrait, and cards.svg, from which rsvg-convert draws the social cards, is made of the same layers.

/// An element of SVG without content.
export type Shape = [element: string, attributes: Record<string, string | number>];

export const kWidth = 375;
export const kHeight = 315;

const rect = (fill: string, x: number, y: number, width: number, height: number): Shape =>
  ["rect", { fill, x, y, width, height }];
const path = (fill: string, d: string): Shape => ["path", { fill, d }];
const line = (stroke: string, width: number, d: string): Shape =>
  ["path", { fill: "none", stroke, "stroke-width": width, "stroke-linecap": "round", d }];
const disc = (fill: string, cx: number, cy: number, r: number): Shape => ["circle", { fill, cx, cy, r }];

const stars = [[40, 40], [96, 84], [150, 30], [214, 62], [330, 34], [352, 110], [60, 132], [288, 140], [182, 118]]
  .map(([x, y], i) => disc("#f7ecc8", x ?? 0, y ?? 0, i % 3 === 0 ? 3 : 2));
const clouds = [line("#f4fbfb", 12, "M36 62H118"), line("#f4fbfb", 12, "M70 82H150"), line("#f4fbfb", 9, "M290 120H352")];
const rays = Array.from({ length: 12 }, (_, i) => {
  const angle = (i * Math.PI) / 6;
  const at = (r: number) => `${Math.round(262 + r * Math.cos(angle))} ${Math.round(84 + r * Math.sin(angle))}`;
  return line("#f9c846", 6, `M${at(58)}L${at(74)}`);
});

/// A wave's crest across the picture, of arcs of one width.
function crests(y: number, width: number, height: number, shift: number): string {
  let d = `M${shift - width} ${y}`;
  for (let x = shift - width; x < kWidth + width; x += width) d += `q${width / 2} ${-height} ${width} 0`;
  return `${d}V${kHeight}H${shift - width}Z`;
}

const sail = (x: number, y: number, scale: number): Shape[] => {
  const p = (dx: number, dy: number) => `${Math.round(x + dx * scale)} ${Math.round(y + dy * scale)}`;
  return [
    path("#fffaf0", `M${p(4, -14)}L${p(4, -96)}L${p(58, -14)}Z`),
    path("#f2d3b3", `M${p(-4, -14)}L${p(-4, -82)}L${p(-38, -14)}Z`),
    path("#8a3b2e", `M${p(-46, -8)}L${p(62, -8)}L${p(44, 14)}L${p(-30, 14)}Z`),
  ];
};

/// By the letter; no letter stands for two things.
export const layers: Record<string, Shape[]> = {
  // Openness: the sky, from plain to full of things to look at.
  P: [rect("#ecd3a8", 0, 0, kWidth, kHeight), rect("#e3bf89", 0, 120, kWidth, 90)],
  G: [rect("#a9d5dc", 0, 0, kWidth, kHeight), ...clouds],
  O: [rect("#27306b", 0, 0, kWidth, kHeight), rect("#3d3f86", 0, 120, kWidth, 90), ...stars],
  // Extraversion: the light, from a moon to a sun with all its rays.
  I: [path("#fff4d6", "M268 44A44 44 0 1 0 306 112A50 50 0 0 1 268 44Z")],
  A: [disc("#ee7f4b", 262, 196, 62)],
  E: [disc("#f9c846", 262, 84, 46), ...rays],
  // Conscientiousness: the sea, from free to ordered.
  F: [path("#1f7a8c", crests(214, 94, 46, 20)), path("#15616f", crests(256, 74, 40, 50)), path("#0e4a57", crests(296, 110, 44, 10)),
      line("#bfe3e6", 5, "M40 236q16 -22 34 -4q-12 -2 -14 10"), line("#bfe3e6", 5, "M300 276q16 -22 34 -4q-12 -2 -14 10")],
  B: [path("#2b8a99", crests(204, 62, 14, 0)), path("#1d7180", crests(240, 62, 14, 31)), path("#125866", crests(276, 62, 14, 0))],
  D: [rect("#2f8f9d", 0, 198, kWidth, 117), rect("#237c8b", 0, 222, kWidth, 93), rect("#196877", 0, 248, kWidth, 67), rect("#0f5463", 0, 276, kWidth, 39)],
  // Agreeableness: what stands in it, from a rock to boats that sail together.
  C: [path("#3a3f4b", "M44 236L92 104L120 150L150 92L214 236Z"), path("#565d6d", "M92 104L120 150L108 236H74Z"), path("#565d6d", "M150 92L178 170L150 236H134Z")],
  N: [path("#58814f", "M22 236Q64 140 122 150Q196 154 226 236Z"), path("#6f9a5f", "M22 236Q64 176 122 182Q176 190 226 236Z"),
      line("#5a4232", 6, "M126 152V112"), disc("#3f6b3f", 126, 100, 22)],
  W: [...sail(206, 196, 0.7), ...sail(104, 200, 1.15)],
};

/// The layers of a code in the order of painting: its letters are those of openness, conscientiousness, extraversion and
/// agreeableness. A code of another form has no picture.
export function emblem(code: string): Shape[] {
  const [sky = "", sea = "", light = "", land = ""] = code;
  if (!/^[PGO][FBD][IAE][CNW]/.test(code)) return [];
  return [sky, light, land, sea].flatMap((letter) => layers[letter] ?? []);
}

/// The letters as lines on 40 by 60, so that no font decides how a card looks.
export const glyphs: Record<string, string> = {
  P: "M2 60V0H22A16 17 0 0 1 22 34H2",
  G: "M37 12C28 -6 1 -3 1 30C1 63 38 66 38 36H24",
  O: "M20 0A19 30 0 1 0 20 60A19 30 0 1 0 20 0Z",
  F: "M36 0H3V60M3 28H30",
  B: "M3 0V60H20A16 16 0 0 0 20 28H3M3 0H17A14 14 0 0 1 17 28",
  D: "M3 0V60H10A28 30 0 0 0 10 0Z",
  I: "M20 0V60",
  A: "M0 60L20 0L40 60M8 38H32",
  E: "M36 0H3V60H36M3 28H30",
  C: "M38 12C28 -6 1 -2 1 30C1 62 28 66 38 48",
  N: "M2 60V0L38 60V0",
  W: "M0 0L10 60L20 16L30 60L40 0",
};
