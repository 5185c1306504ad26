#include "player-bridge/page/files.hpp"

namespace alluvium::bridge::page {

std::string_view river_script() {
  return R"js(// The picture of where the bytes come from and where they go: streams into this listener and out of
// it, as wide as they carried much. From left to right, or downwards where that is too narrow.

import {bytes, draw, playerCount, rate, set} from './text.js';

const NARROW = 520;
const STRANDS = 6;
const PARTS = [
  {kind: 'origin', name: 'Station', style: 'origin'},
  {kind: 'peers', name: 'Other listeners', short: 'Listeners', style: 'peers-in'},
  {kind: 'cache', name: 'Cache here', short: 'Cache', style: 'cache'},
  {kind: 'unverified', name: 'Unverified', style: 'unverified', isRare: true},
];

/// One stream, or its dry bed.
class Stream {
  constructor(parent) {
    this.bed = draw(parent, 'path', 'bed');
    this.water = draw(parent, 'path', 'stream');
    this.current = draw(parent, 'path', 'current');
  }

  /// From `a` to `b`, places along the flow, at `from` and `to` across it.
  run(point, a, b, from, to, wide, isMoving) {
    const middle = (a + b) / 2;
    const curve = (shift) => `C${point(middle, from + shift)} ${point(middle, to + shift)} ` +
        `${point(b, to + shift)}`;
    const back = (shift) => `C${point(middle, to + shift)} ${point(middle, from + shift)} ` +
        `${point(a, from + shift)}`;
    const half = wide / 2;
    const line = `M${point(a, from)}${curve(0)}`;
    set(this.bed, {d: wide > 0 ? '' : line});
    set(this.water, {d: wide > 0 ? `M${point(a, from - half)}${curve(-half)}` +
        `L${point(b, to + half)}${back(half)}Z` : ''});
    set(this.current, {d: wide > 0 && isMoving ? line : '',
                       'stroke-width': Math.min(Math.max(wide * .3, 2), 6)});
  }
}

/// What a stream is called, and how much it has carried.
class Label {
  constructor(parent) {
    this.lines = [draw(parent, 'text'), draw(parent, 'text', 'amount'), draw(parent, 'text')];
  }

  show(x, y, anchor, texts) {
    this.lines.forEach((line, i) => {
      set(line, {x, y: y + [-17, 3, 20][i], 'text-anchor': anchor});
      line.textContent = texts[i];
    });
  }
}

export class River {
  constructor(svg) {
    this.svg = svg;
    this.sources = PARTS.map((part) => {
      const group = draw(svg, 'g', part.style);
      return {part, group, stream: new Stream(group), label: new Label(group)};
    });
    this.delta = draw(svg, 'g', 'uploaded');
    this.strands = Array.from({length: STRANDS}, () => {
      const group = draw(this.delta, 'g');
      return {group, stream: new Stream(group), mouth: draw(group, 'rect', 'you')};
    });
    this.sent = new Label(this.delta);
    this.you = draw(svg, 'rect', 'you');
    this.name = draw(svg, 'text', 'amount');
    this.name.textContent = 'You';
    this.ears = draw(svg, 'text');
  }

  update(status, flow) {
    this.last = [status, flow];
    const width = this.svg.clientWidth;
    const height = this.svg.clientHeight;
    if (!width) return;
    const totals = status.bytes;
    const isNarrow = width < NARROW;
    const across = isNarrow ? width : height;
    const along = isNarrow ? height : width;
    const shown = this.sources.filter(({part}) => !part.isRare || totals[part.kind] > 0);
    const inflow = shown.reduce((sum, {part}) => sum + totals[part.kind], 0);
    this.flow = flow;
    this.totals = totals;
    this.isNarrow = isNarrow;
    this.scale = (isNarrow ? 76 : 110) / Math.max(inflow, totals.uploaded, 1);
    this.point = (a, b) => (isNarrow ? [b, a] : [a, b]).map((n) => n.toFixed(1)).join(' ');
    this.middle = across / 2;

    const [begin, you, end] = isNarrow ? [64, along * .52, along - 66]
                                       : [140, along * .54, along - 150];
    const widest = Math.max(this.drawSources(shown, across, begin, you),
                            this.drawDelta(status.peer_list, across, you, end));
    this.drawYou(you, Math.max(widest, 30) + 8, status.players);
  }

  wide(bytesCarried) {
    return bytesCarried > 0 ? Math.max(bytesCarried * this.scale, 2) : 0;
  }

  /// Ten seconds show what is going on; bytes of one second would come and go.
  isMoving(kind) { return this.flow.rate(kind, 10) > 0; }

  texts(kind, name) {
    const bits = this.flow.rate(kind);
    return [name, bytes(this.totals[kind]), bits >= 1 ? rate(bits) : ''];
  }

  drawSources(shown, across, begin, you) {
    for (const source of this.sources) {
      source.group.style.display = shown.includes(source) ? '' : 'none';
    }
    const widths = shown.map(({part}) => this.wide(this.totals[part.kind]));
    const sum = widths.reduce((all, w) => all + w, 0);
    let at = this.middle - sum / 2;
    shown.forEach(({part, stream, label}, i) => {
      const place = across * (i + .5) / shown.length;
      const from = Math.min(Math.max(place, widths[i] / 2), across - widths[i] / 2);
      const to = widths[i] > 0 ? at + widths[i] / 2 : this.middle;
      stream.run(this.point, begin, you, from, to, widths[i], this.isMoving(part.kind));
      at += widths[i];
      const texts = this.texts(part.kind, this.isNarrow && part.short || part.name);
      if (this.isNarrow) label.show(from, 24, 'middle', texts);
      else label.show(begin - 14, from, 'end', texts);
    });
    return sum;
  }

  /// What is passed on parts into a strand for each listener that has had much, and one for the
  /// others.
  drawDelta(peers, across, you, end) {
    const total = this.totals.uploaded;
    const parts = peers.map((peer) => peer.sent).filter((sent) => sent > 0)
        .sort((a, b) => b - a).slice(0, STRANDS - 1);
    const rest = total - parts.reduce((sum, sent) => sum + sent, 0);
    if (rest > 0 || parts.length === 0) parts.push(Math.max(rest, 0));
    const widths = parts.map((sent) => this.wide(sent));
    const sum = widths.reduce((all, w) => all + w, 0);
    const spread = Math.min(across - 30, sum + 26 * (parts.length - 1));
    const gap = parts.length > 1 ? (spread - sum) / (parts.length - 1) : 0;
    let from = this.middle - sum / 2;
    let to = this.middle - spread / 2;
    this.strands.forEach(({group, stream, mouth}, i) => {
      group.style.display = i < parts.length ? '' : 'none';
      if (i >= parts.length) return;
      const half = widths[i] / 2;
      stream.run(this.point, you, end, from + half, to + half, widths[i], this.isMoving('uploaded'));
      this.bar(mouth, end, to + half, 8, widths[i] > 0 ? widths[i] + 6 : 0);
      from += widths[i];
      to += widths[i] + gap;
    });
    const texts = this.texts('uploaded', 'Other listeners');
    if (this.isNarrow) this.sent.show(this.middle, end + 36, 'middle', texts);
    else this.sent.show(end + 16, this.middle, 'start', texts);
    return sum;
  }

  /// Across the flow.
  bar(rect, along, middle, thick, size) {
    const [a, b] = [along - thick / 2, middle - size / 2];
    const [x, y, width, height] = this.isNarrow ? [b, a, size, thick] : [a, b, thick, size];
    set(rect, {x, y, width, height, rx: thick / 2});
  }

  drawYou(you, size, players) {
    const begin = this.middle - size / 2;
    this.bar(this.you, you, this.middle, 14, size);
    this.ears.textContent = playerCount(players);
    if (this.isNarrow) {
      set(this.name, {x: begin + size + 10, y: you, 'text-anchor': 'start'});
      set(this.ears, {x: begin + size + 10, y: you + 16, 'text-anchor': 'start'});
    } else {
      set(this.name, {x: you, y: begin - 29, 'text-anchor': 'middle'});
      set(this.ears, {x: you, y: begin - 12, 'text-anchor': 'middle'});
    }
  }

  redraw() {
    if (this.last) this.update(...this.last);
  }
}
)js";
}

}  // namespace alluvium::bridge::page
