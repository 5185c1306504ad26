#include "player-bridge/page/files.hpp"

namespace alluvium::bridge::page {

std::string_view text_script() {
  return R"js(// What the other scripts share: elements, and figures as people read them. Text from outside only
// ever becomes text.

export const byId = (id) => document.getElementById(id);

/// Leaves the element alone if it says so already: nothing is announced twice.
export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const text = String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
  return element;
}

export function make(parent, name, className = '', text = '') {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.textContent = text;
  parent.append(element);
  return element;
}

export function draw(parent, name, className = '') {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  if (className) element.setAttribute('class', className);
  parent.append(element);
  return element;
}

function scaled(amount, units) {
  let unit = 0;
  while (amount >= 999.5 && unit + 1 < units.length) {
    amount /= 1000;
    ++unit;
  }
  const digits = unit > 0 && amount < 9.95 ? 1 : 0;
  return `${amount.toFixed(digits)} ${units[unit]}`;
}

export const bytes = (count) => scaled(count, ['B', 'kB', 'MB', 'GB', 'TB']);
export const rate = (bits) => scaled(bits, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s']);

export const playerCount = (n) => n === 0 ? 'no player' : n === 1 ? '1 player' : `${n} players`;

/// 1:02:03
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, '0');
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  const rest = two(whole % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/// 2 h 13 min
export function inWords(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 100) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} days`;
}

/// The viewer's own time, with the day if that is not today.
export function clock(date) {
  const time = date.toLocaleTimeString([], {hour: '2-digit', minute: '2-digit'});
  if (date.toDateString() === new Date().toDateString()) return time;
  const day = {weekday: 'short', day: 'numeric', month: 'short'};
  return `${date.toLocaleDateString([], day)}, ${time}`;
}

/// Like text-overflow in a drawing.
export function shortened(text, letters) {
  const all = Array.from(text);
  return all.length <= letters ? text : all.slice(0, letters - 1).join('') + '…';
}
)js";
}

}  // namespace alluvium::bridge::page
