#include "player-bridge/page/files.hpp"

namespace alluvium::bridge::page {

std::string_view sharing_script() {
  return R"js(// The switch and the cap of what is passed on. What is set goes to the program at once; what it
// says then is shown.

import {byId, put} from './text.js';

const token = document.querySelector('meta[name="alluvium-token"]').content;
const MEGA = 1e6;

export class Sharing {
  constructor(onChange) {
    this.onChange = onChange;
    this.posts = 0;
    this.settled = 0;  // When the last one was answered, on the page's clock.
    byId('sharing').addEventListener('submit', (event) => {
      event.preventDefault();
      this.send();
    });
    for (const id of ['share-on', 'share-all', 'share-rate']) {
      byId(id).addEventListener('change', () => this.send());
    }
  }

  /// What was set at some moment after `asked`. What is being changed by hand is left alone, and so
  /// is what has been changed since.
  update(sharing, asked) {
    if (this.posts > 0 || asked < this.settled) return;
    const {enabled, bits_per_second: bits, can_change: canChange} = sharing;
    byId('share-on').checked = enabled;
    byId('share-on').disabled = !canChange;
    byId('cap').disabled = !enabled || !canChange;
    if (enabled) byId('share-all').checked = bits === null;
    byId('share-rate').disabled = byId('share-all').checked;
    if (bits !== null && document.activeElement !== byId('share-rate')) {
      byId('share-rate').value = String(bits / MEGA);
    }
    if (this.refusal !== undefined) return;
    const says = sharing.sentence;
    this.say(says.charAt(0).toUpperCase() + says.slice(1) + '.' +
        (canChange ? '' : ' It can be changed on the machine itself only.'), false);
  }

  rate() {
    if (!byId('share-on').checked) return 'off';
    if (byId('share-all').checked) return 'unlimited';
    const bits = Math.round(Number(byId('share-rate').value) * MEGA);
    return Number.isSafeInteger(bits) ? String(bits) : 'nothing';
  }

  async send() {
    ++this.posts;
    this.refusal = undefined;
    try {
      const answer = await fetch('sharing', {
        method: 'POST',
        headers: {'Content-Type': 'application/json'},
        body: JSON.stringify({rate: this.rate(), token}),
      });
      if (!answer.ok) this.refusal = (await answer.text()).trim();
    } catch {
      this.refusal = 'The program does not answer.';
    }
    --this.posts;
    this.settled = performance.now();
    if (this.refusal !== undefined) {
      this.say(this.refusal, true);
      // Long enough to be read.
      setTimeout(() => { this.refusal = undefined; }, 10000);
    }
    await this.onChange();
  }

  say(text, isRefused) {
    put(byId('share-answer'), text);
    byId('share-answer').classList.toggle('is-refused', isRefused);
  }
}
)js";
}

}  // namespace alluvium::bridge::page
