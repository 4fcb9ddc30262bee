// Descriptions come in Markdown. This reads what descriptions use, and makes elements of it, never
// markup: headings, paragraphs, lists; links, emphasis and code within them.

import { h, webAddress } from "./dom.js";

const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;

/**
 * @param {string} text
 * @param {number} [level] of the highest heading
 */
export function markdown(text, level = 3) {
  const blocks = text.replace(/\r\n?/g, "\n").split(/\n{2,}/);
  const depths = text.split("\n").map((line) => HEADING.exec(line)?.[1].length ?? 6);
  // No level of headings may be left out, whichever the text begins with.
  const shift = level - Math.min(...depths);
  return h(
    "div",
    { class: "prose" },
    blocks.flatMap((block) => readBlock(block.split("\n"), shift)),
  );
}

const ITEM = { ul: /^\s*[-*+]\s+/, ol: /^\s*\d+[.)]\s+/ };

/** The lines of a block: a heading stands by itself, the lines of a list or a paragraph belong together. */
function readBlock(lines, shift) {
  const made = [];
  let group;
  for (const line of lines.filter((one) => one.trim() !== "")) {
    const heading = HEADING.exec(line);
    const tag = Object.keys(ITEM).find((name) => ITEM[name].test(line)) ?? "p";
    if (heading) {
      made.push(h(`h${Math.min(6, heading[1].length + shift)}`, {}, inline(heading[2])));
      group = undefined;
    } else if (tag === "p") {
      if (group?.localName === "p") group.append(" ", ...inline(line.trim()));
      else if (group !== undefined && /^\s/.test(line)) group.lastChild.append(" ", ...inline(line.trim()));
      else made.push((group = h("p", {}, inline(line.trim()))));
    } else {
      if (group?.localName !== tag) made.push((group = h(tag, {})));
      group.append(h("li", {}, inline(line.replace(ITEM[tag], ""))));
    }
  }
  return made;
}

const INLINE =
  /`([^`]+)`|\*\*([^*]+)\*\*|(?<![\w*])[*_]([^*_]+)[*_](?![\w*])|\[([^\]]+)\]\(((?:[^()\s]|\([^()\s]*\))+)\)/g;

function inline(text) {
  const made = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [all, code, strong, emphasis, label, target] = match;
    made.push(text.slice(end, match.index));
    end = match.index + all.length;
    const href = target && webAddress(target);
    if (code) made.push(h("code", {}, code));
    else if (strong) made.push(h("strong", {}, inline(strong)));
    else if (emphasis) made.push(h("em", {}, inline(emphasis)));
    else if (href) made.push(h("a", { href, target: "_blank", rel: "noreferrer" }, label));
    else made.push(label);
  }
  made.push(text.slice(end));
  return made.filter((part) => part !== "");
}
