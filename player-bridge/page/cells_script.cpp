#include "player-bridge/page/files.hpp"

namespace alluvium::bridge::page {

std::string_view cells_script() {
  return R"js(// The map of the current item: a cell for each chunk, or for some of them, in the order of the file.

import {draw, set} from './text.js';

export class Cells {
  constructor(svg) {
    this.svg = svg;
    this.rects = [];
    this.map = null;
  }

  update(map) {
    this.map = map;
    const cells = map?.cells ?? '';
    while (this.rects.length < cells.length) this.rects.push(draw(this.svg, 'rect'));
    while (this.rects.length > cells.length) this.rects.pop().remove();
    const now = Math.min(Math.floor((map?.position ?? 0) * cells.length), cells.length - 1);
    this.rects.forEach((rect, i) => {
      let style = {'#': 'is-held', '.': 'is-missing'}[cells[i]] ?? 'is-part';
      if (i < now) style += ' is-past';
      set(rect, {class: i === now ? 'is-now' : style});
    });
    this.redraw();
  }

  /// As large as the cells can be so that all of them have room.
  redraw() {
    const width = this.svg.clientWidth;
    const height = this.svg.clientHeight;
    const count = this.rects.length;
    if (!width || !count || this.drawn === `${width} ${height} ${count}`) return;
    this.drawn = `${width} ${height} ${count}`;
    let pitch = 20;
    while (pitch > 3 && Math.floor(width / pitch) * Math.floor(height / pitch) < count) pitch -= .25;
    const columns = Math.floor(width / pitch);
    const gap = pitch > 8 ? 2 : 1;
    this.rects.forEach((rect, i) => {
      const [column, row] = [i % columns, Math.floor(i / columns)];
      set(rect, {x: (column * pitch).toFixed(2), y: (row * pitch).toFixed(2),
                 width: pitch - gap, height: pitch - gap, rx: gap});
    });
  }
}
)js";
}

}  // namespace alluvium::bridge::page
