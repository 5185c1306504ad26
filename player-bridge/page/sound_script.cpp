#include "player-bridge/page/files.hpp"

namespace alluvium::bridge::page {

std::string_view sound_script() {
  return R"js(// The player: the stream in an audio element, or in a video element if there is something to see.
// A live stream is not paused but left, and joined again where it is by then. It ends at the seam
// when the content type changes, and when the network or the program fails: it is then joined again
// until somebody presses pause.

import {byId, put} from './text.js';

const LOOK_MS = 2000;
// Longer than the slowest start: a browser may want some seconds of sound before it plays any.
const STUCK_MS = 20000;
const LONGEST_PAUSE_MS = 5000;

const SAYS = {
  stopped: 'Press play to listen here.',
  waiting: 'Waiting for sound …',
  playing: 'Playing',
  blocked: 'Your browser wants you to press play first.',
};

export class Sound {
  constructor() {
    this.elements = {audio: byId('audio'), video: byId('video')};
    this.kind = 'audio';
    this.state = 'stopped';
    this.isWanted = false;
    this.isSilent = false;  // Nothing is on, so that no sound is no fault.
    this.joins = 0;
    this.failures = 0;
    this.retry = 0;
    this.lastTime = 0;
    this.lastMoved = 0;
    for (const element of Object.values(this.elements)) this.listen(element);
    byId('play').addEventListener('click', () => this.toggle());
    this.followVolume();
    setInterval(() => this.look(), LOOK_MS);
    navigator.mediaSession?.setActionHandler('play', () => this.play());
    navigator.mediaSession?.setActionHandler('pause', () => this.stop());
    if (recall(sessionStorage, 'playing')) this.play();
  }

  get element() { return this.elements[this.kind]; }

  toggle() {
    if (this.isWanted && this.state !== 'blocked') this.stop();
    else this.play();
  }

  play() {
    this.isWanted = true;
    this.failures = 0;
    keep(sessionStorage, 'playing', '1');
    this.join();
  }

  stop() {
    this.isWanted = false;
    keep(sessionStorage, 'playing', '');
    this.leave();
    this.become('stopped');
  }

  /// The content type of the stream as it is now, for the next join.
  setType(type) {
    this.nextKind = type.startsWith('video/') ? 'video' : 'audio';
  }

  join() {
    this.leave();
    this.kind = this.nextKind ?? 'audio';
    this.elements.video.hidden = this.kind !== 'video';
    this.become('waiting');
    this.lastTime = 0;
    this.lastMoved = performance.now();
    // Each join is a new address, so that nothing old is taken for it.
    this.element.src = `/stream?join=${Date.now()}-${++this.joins}`;
    this.element.play().catch((error) => {
      if (error.name === 'NotAllowedError' && this.isWanted) {
        this.leave();
        this.become('blocked');
      }
    });
  }

  leave() {
    clearTimeout(this.retry);
    for (const element of Object.values(this.elements)) {
      if (!element.hasAttribute('src')) continue;
      element.removeAttribute('src');
      element.load();
    }
  }

  rejoin(isSeam) {
    if (!this.isWanted || this.state === 'blocked') return;
    this.become('waiting');
    clearTimeout(this.retry);
    const pause = isSeam ? 0 : Math.min(250 * 2 ** this.failures++, LONGEST_PAUSE_MS);
    this.retry = setTimeout(() => this.join(), pause);
  }

  listen(element) {
    const on = (event, action) => element.addEventListener(event, () => {
      // What the element says of a stream that has been left means nothing.
      if (element === this.element && element.hasAttribute('src')) action();
    });
    on('playing', () => this.become('playing'));
    on('waiting', () => this.become('waiting'));
    // A stream that ended after it had played is at a seam; one that never did is not there.
    on('ended', () => this.rejoin(element.currentTime > 0 && this.failures === 0));
    on('error', () => this.rejoin(false));
    on('pause', () => {
      if (!element.ended && this.isWanted) this.stop();
    });
  }

  look() {
    if (!this.isWanted || this.state === 'blocked') return;
    const now = performance.now();
    if (this.element.currentTime !== this.lastTime) {
      this.lastTime = this.element.currentTime;
      this.lastMoved = now;
      this.failures = 0;
    } else if (!this.isSilent && now - this.lastMoved > STUCK_MS) {
      this.rejoin(false);
    }
  }

  become(state) {
    this.state = state;
    const isWanted = state === 'playing' || state === 'waiting';
    byId('now').dataset.sound = state;
    byId('play').setAttribute('aria-label', isWanted ? 'Pause' : 'Play');
    put(byId('sound'), SAYS[state]);
    if (navigator.mediaSession) {
      navigator.mediaSession.playbackState = isWanted ? 'playing' : 'none';
    }
  }

  followVolume() {
    const slider = byId('volume');
    slider.value = recall(localStorage, 'volume') || '100';
    const apply = () => {
      // As ears hear it, not as amplitudes count.
      const part = Number(slider.value) / 100;
      for (const element of Object.values(this.elements)) element.volume = part * part;
    };
    slider.addEventListener('input', () => {
      apply();
      keep(localStorage, 'volume', slider.value);
    });
    apply();
  }
}

// A browser may keep nothing for a page; then it forgets.
function keep(storage, name, value) {
  try {
    storage.setItem(name, value);
  } catch { /* Nothing depends on it. */ }
}

function recall(storage, name) {
  try {
    return storage.getItem(name);
  } catch {
    return null;
  }
}
)js";
}

}  // namespace alluvium::bridge::page
