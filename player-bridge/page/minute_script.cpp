#include "player-bridge/page/files.hpp"

namespace alluvium::bridge::page {

std::string_view minute_script() {
  return R"js(// What has flowed, second by second, and the picture of the last minute.

import {draw, rate, set} from './text.js';

const SECONDS = 60;
export const SOURCES = ['origin', 'unverified', 'cache', 'peers'];
const CLASSES = {origin: 'origin', unverified: 'unverified', cache: 'cache', peers: 'peers-in',
                 uploaded: 'uploaded'};

/// Counters over time. They only ever grow; if they do not, it is another program that counts.
export class Flow {
  constructor() {
    this.samples = [];
  }

  add(seconds, bytes) {
    const last = this.samples.at(-1);
    const isAnother = last && Object.keys(bytes).some((kind) => bytes[kind] < last.bytes[kind]);
    if (isAnother) this.samples = [];
    this.samples.push({seconds, bytes});
    while (this.samples.length > 2 && this.samples[1].seconds < seconds - SECONDS - 2) {
      this.samples.shift();
    }
  }

  /// The counter at an instant between two samples.
  at(kind, seconds) {
    const after = this.samples.findIndex((sample) => sample.seconds >= seconds);
    if (after === -1) return this.samples.at(-1)?.bytes[kind] ?? 0;
    const end = this.samples[after];
    if (after === 0) return end.bytes[kind];
    const begin = this.samples[after - 1];
    const part = (seconds - begin.seconds) / (end.seconds - begin.seconds);
    return begin.bytes[kind] + part * (end.bytes[kind] - begin.bytes[kind]);
  }

  /// Bits a second, over the last minute or what there is of it.
  rate(kind, span = SECONDS) {
    if (this.samples.length < 2) return 0;
    const end = this.samples.at(-1).seconds;
    const begin = Math.max(end - span, this.samples[0].seconds);
    return 8 * (this.at(kind, end) - this.at(kind, begin)) / Math.max(end - begin, 1);
  }
}

/// A bar for each second: upwards what came, by source, downwards what was passed on.
export class Minute {
  constructor(svg) {
    this.svg = svg;
    this.kinds = [...SOURCES, 'uploaded'];
    this.bars = [];
    for (let i = 0; i < SECONDS; ++i) {
      this.bars.push(this.kinds.map((kind) => draw(svg, 'rect', CLASSES[kind])));
    }
    this.line = draw(svg, 'line', 'line');
    this.came = draw(svg, 'text');
    this.gone = draw(svg, 'text');
  }

  update(flow) {
    const end = flow.samples.at(-1).seconds;
    const begin = flow.samples[0].seconds;
    const amounts = this.bars.map((_, i) => {
      const from = end - SECONDS + i;
      const isKnown = from + 1 > begin;
      return this.kinds.map(
          (kind) => isKnown ? 8 * (flow.at(kind, from + 1) - flow.at(kind, from)) : 0);
    });
    this.show(amounts);
  }

  show(amounts) {
    const width = this.svg.clientWidth;
    const height = this.svg.clientHeight;
    if (!width) return;
    const inflow = (bar) => bar.slice(0, -1).reduce((sum, amount) => sum + amount, 0);
    const most = Math.max(...amounts.map(inflow));
    const mostOut = Math.max(...amounts.map((bar) => bar.at(-1)));
    const room = height - 36;
    const scale = room / Math.max(most + mostOut, 1);
    // Both sides keep a little room, so that the line does not jump to an edge.
    const share = most + mostOut > 0 ? most / (most + mostOut) : .5;
    const zero = Math.round(18 + room * Math.min(Math.max(share, .12), .88));
    const step = width / SECONDS;
    amounts.forEach((bar, i) => {
      let top = zero;
      bar.forEach((amount, k) => {
        const tall = amount > 0 ? Math.max(amount * scale, 1) : 0;
        const isOut = k === bar.length - 1;
        if (!isOut) top -= tall;
        set(this.bars[i][k], {x: (i * step + .5).toFixed(1), width: Math.max(step - 1, 1).toFixed(1),
                              y: (isOut ? zero + 1 : top).toFixed(1), height: tall.toFixed(1)});
      });
    });
    set(this.line, {x1: 0, x2: width, y1: zero + .5, y2: zero + .5});
    set(this.came, {x: 0, y: most > 0 ? 12 : zero - 7});
    set(this.gone, {x: 0, y: mostOut > 0 ? height - 3 : zero + 16});
    this.came.textContent = most > 0 ? `came: up to ${rate(most)}` : 'nothing came';
    this.gone.textContent = mostOut > 0 ? `passed on: up to ${rate(mostOut)}`
                                        : 'nothing was passed on';
  }
}
)js";
}

}  // namespace alluvium::bridge::page
