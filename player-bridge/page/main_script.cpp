#include "player-bridge/page/files.hpp"

namespace alluvium::bridge::page {

std::string_view main_script() {
  return R"js(// Asks the program how it is, every second while somebody looks, and shows it.

import {Cells} from './cells.js';
import {showPeers, showProblems, showReach, showSources} from './lists.js';
import {Flow, Minute} from './minute.js';
import {River} from './river.js';
import {Sharing} from './sharing.js';
import {Sound} from './sound.js';
import {byId, clock, inWords, playerCount, put, set, span} from './text.js';

const LOOK_MS = 1000;
const LOOK_HIDDEN_MS = 5000;
const ANSWER_MS = 5000;
const revision = document.querySelector('meta[name="alluvium-revision"]').content;

const sound = new Sound();
const sharing = new Sharing(look);
const flow = new Flow();
const river = new River(byId('river'));
const minute = new Minute(byId('minute'));
const cells = new Cells(byId('cells'));
let status = null;
let received = 0;  // When, on the page's clock.
let lost = null;   // Since when there is no answer.
let timer = 0;

/// Seconds since the status was made.
const age = () => (performance.now() - received) / 1000;
/// A time of the schedule as it is heard here.
const heard = (text) => new Date(Date.parse(text) + 1000 * status.lag_seconds);
/// How far away that is, by the program's clock.
const until = (text) => (Date.parse(text) - Date.parse(status.now)) / 1000 - age();

async function look() {
  clearTimeout(timer);
  const asked = performance.now();
  let fresh = null;
  try {
    const answer = await fetch('status.json', {signal: AbortSignal.timeout(ANSWER_MS)});
    if (answer.ok) fresh = await answer.json();
  } catch { /* Said below. */ }
  clearTimeout(timer);
  timer = setTimeout(look, document.hidden ? LOOK_HIDDEN_MS : LOOK_MS);
  if (fresh) take(fresh, asked);
  else lose();
}

function lose() {
  lost ??= new Date();
  showProblems([{text: 'The program does not answer; it is tried again every few seconds.',
                 since: lost.toISOString()}]);
}

function take(fresh, asked) {
  if (fresh.page_revision !== revision && renew(fresh.page_revision)) return;
  lost = null;
  status = fresh;
  received = performance.now();
  flow.add(received / 1000, status.bytes);
  const item = status.item;
  sound.setType(status.stream.type);
  sound.isSilent = !item;
  showItem(item);
  showProblems(status.problems);
  showSources(status.bytes, flow);
  showHeld();
  showPeers(status.peer_list, status.peers);
  showReach(status.reach);
  sharing.update(status.sharing, asked);
  river.update(status, flow);
  minute.update(flow);
  put(byId('stream-url'), status.stream.url);
  tick();
}

/// The program has been started anew, perhaps another version: so the page is, but only once.
function renew(wanted) {
  try {
    if (sessionStorage.getItem('renewed') === wanted) return false;
    sessionStorage.setItem('renewed', wanted);
  } catch {
    return false;
  }
  location.reload();
  return true;
}

function showItem(item) {
  const next = status.next;
  let kind = 'On air';
  if (item?.filler) kind = 'Between programmes';
  if (!item) kind = status.station ? 'Silence' : 'One moment';
  const nothing = status.station ? 'Nothing is scheduled now'
                                 : 'Looking for the station’s playlist';
  const name = item ? item.name : nothing;
  const later = status.station ? 'and nothing is announced' : '';
  put(byId('station'), status.station || 'Alluvium');
  put(byId('kind'), kind);
  put(byId('title'), name);
  set(byId('title'), {title: name});
  const begins = next ? `The next programme begins at ${clock(heard(next.started))}.` : later;
  put(byId('creator'), item ? item.creator : begins);
  set(byId('creator'), {title: item?.creator ?? ''});
  byId('now').classList.toggle('is-idle', !item);
  document.title = item ? `${item.title} · ${status.station}` : status.station || 'Alluvium';
  if (navigator.mediaSession && sound.isWanted) tellSystem(name, item?.creator ?? '');
  put(byId('begins'), item ? clock(heard(item.started)) : '');
  put(byId('ends'), item?.ends ? clock(heard(item.ends)) : '');
}

/// For lock screens and media keys.
function tellSystem(title, artist) {
  const shown = navigator.mediaSession.metadata;
  if (shown?.title === title && shown?.artist === artist) return;
  navigator.mediaSession.metadata = new MediaMetadata({title, artist, album: status.station});
}

function showHeld() {
  const {held, total} = status.chunks;
  const ahead = Math.round(status.buffer_seconds);
  let saying = status.item ? 'Nothing of this item yet.' : 'Nothing is on, so nothing is needed.';
  if (total > 0) {
    const much = held === total ? 'All of this item' : `${Math.floor(100 * held / total)} % of it`;
    const sure = status.map && !status.map.verified ? 'not verified' : 'verified';
    saying = `${much}, ${sure}: the next ${inWords(ahead)} play without the network.`;
  }
  put(byId('held'), saying);
  cells.update(status.map);
  byId('legend-part').hidden = !/[1-9]/.test(status.map?.cells ?? '');
  put(byId('players'), `Connected now: ${playerCount(status.players)}.`);
}

/// What moves between two looks.
function tick() {
  put(byId('clock'), new Date().toLocaleTimeString([], {hour: '2-digit', minute: '2-digit'}));
  if (!status) return;
  showProgress();
  const next = status.next;
  put(byId('next-word'), next ? 'Next' : '');
  put(byId('next-time'), !next ? ''
      : `${clock(heard(next.started))}, in ${inWords(until(next.started))}`);
  put(byId('next'), next?.title ?? '');
  set(byId('next'), {title: next?.title ?? ''});
}

function showProgress() {
  const item = status.item;
  if (!item) return;
  const offset = item.offset_seconds + age();
  const length = item.ends ? (Date.parse(item.ends) - Date.parse(item.started)) / 1000 : 0;
  const part = length > 0 ? Math.min(offset / length, 1) : 0;
  const ahead = length > 0 ? Math.min((offset + status.buffer_seconds - age()) / length, 1) : 0;
  byId('done').style.transform = `scaleX(${part.toFixed(4)})`;
  byId('ahead').style.transform = `scaleX(${Math.max(ahead, part).toFixed(4)})`;
  const left = length > 0 ? `${span(Math.min(offset, length))} of ${span(length)}` : span(offset);
  const late = status.lag_seconds > 1 ? ` · ${inWords(status.lag_seconds)} late` : '';
  put(byId('elapsed'), left + late);
  // In steps, so that a screen reader that follows it is not talking all the time.
  set(byId('track'), {'aria-valuenow': Math.floor(part * 20) * 5,
                      'aria-valuetext': `${inWords(Math.floor(offset / 10) * 10)} of ${
                          length > 0 ? inWords(length) : 'an open end'}`});
}

byId('copy').addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(byId('stream-url').textContent);
    put(byId('copied'), 'Copied');
    put(byId('copy'), 'Copied');
  } catch {
    getSelection().selectAllChildren(byId('stream-url'));
  }
  setTimeout(() => put(byId('copy'), 'Copy'), 2000);
});

document.addEventListener('visibilitychange', () => { if (!document.hidden) look(); });
new ResizeObserver(() => {
  river.redraw();
  cells.redraw();
  if (flow.samples.length > 0) minute.update(flow);
}).observe(byId('river'));
setInterval(tick, 250);
look();
)js";
}

}  // namespace alluvium::bridge::page
