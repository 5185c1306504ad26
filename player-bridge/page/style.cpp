#include "player-bridge/page/files.hpp"

namespace alluvium::bridge::page {

std::string_view style() {
  return R"css(:root {
  color-scheme: light dark;
  --ground: #f3efe6; --card: #fffdf9; --ink: #17262b; --soft: #566469; --line: #ded7c9;
  --faint: #ebe5d9; --origin: #c27a10; --peers: #0b8a86; --cache: #6f69ad; --unverified: #c4452f;
  --given: #2e6fb7; --alarm: #a8321d; --alarm-ground: #fbe9e3; --good: #14714f; --focus: #a3470a;
  --link: #0a6670;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d1417; --card: #141e22; --ink: #e6edee; --soft: #98a8ad; --line: #27353a;
    --faint: #1d2a2f; --origin: #e5a843; --peers: #38c4b6; --cache: #a9a4e6; --unverified: #ff8d70;
    --given: #70aef0; --alarm: #ffb09c; --alarm-ground: #35201b; --good: #6bd3a6; --focus: #ffd166;
    --link: #6fd0d6;
  }
}
* { box-sizing: border-box; }
html { font: 100%/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
body { margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: anywhere; }
h1, h2, h3, p, ul, table, fieldset { margin: 0; padding: 0; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 3px; border-radius: 4px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
[hidden] { display: none !important; }

.top, main { max-width: 70rem; margin: 0 auto; padding: 0 1.25rem; }
.top { display: flex; align-items: center; gap: .75rem; padding-top: 1.1rem;
  padding-bottom: .9rem; }
.top h1 { font-size: 1.125rem; font-weight: 650; line-height: 1.3; flex: 1; min-width: 0;
  max-height: 2.6em; overflow: hidden; }
.mark { width: 1.9rem; height: 1.9rem; flex: none; fill: none; stroke: var(--peers);
  stroke-width: 2.6; stroke-linecap: round; }
.clock { color: var(--soft); font-variant-numeric: tabular-nums; min-width: 3.2em;
  text-align: right; }
.stations { max-width: 70rem; margin: 0 auto; padding: 0 1.25rem .9rem; }
.stations ul { list-style: none; display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; }
.stations [aria-current] { color: inherit; font-weight: 650; text-decoration: none; }
main { display: grid; gap: 1.1rem; padding-bottom: 2.5rem; grid-template-columns: minmax(0, 1fr); }

.now { --focus: #ffd166; color: #f1fbf9; border-radius: 1.25rem; padding: 1.6rem 2rem 1.4rem;
  display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 1rem 1.6rem;
  grid-template-areas: "play what" "screen screen" "course course" "below below";
  align-items: center; position: relative; overflow: hidden;
  background: url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1200 300' preserveAspectRatio='none' fill='none' stroke='%238fe6da' stroke-opacity='.13' stroke-width='2'%3E%3Cpath d='M0 210c200 0 240 60 470 60s300-120 730-120M0 235c200 0 240 50 470 50s300-110 730-110M0 185c200 0 240 70 470 70s300-130 730-130M0 160c200 0 240 80 470 80s300-140 730-140M0 135c200 0 240 90 470 90s300-150 730-150'/%3E%3C/svg%3E") center / 100% 100% no-repeat,
    linear-gradient(115deg, #0d5560, #0b3a45 45%, #0d2b3d); }
.play { grid-area: play; width: 5.5rem; height: 5.5rem; border: 0; border-radius: 50%; background: #f1fbf9;
  color: #0b3a45; cursor: pointer; padding: 0; transition: transform .15s, background .15s;
  box-shadow: 0 .4rem 1.2rem #0006; }
.play:hover { background: #fff; transform: scale(1.04); }
.play:active { transform: scale(.97); }
.play:focus-visible { border-radius: 50%; outline-offset: 4px; }
.play svg { width: 62%; height: 62%; display: block; margin: auto; fill: currentColor; }
.when-playing, .when-waiting { display: none; }
.when-waiting { fill: none; stroke: currentColor; stroke-width: 4; stroke-dasharray: 48 100;
  stroke-linecap: round; transform-origin: 24px 24px; animation: turn 1s linear infinite; }
[data-sound="playing"] .when-playing, [data-sound="waiting"] .when-waiting { display: block; }
[data-sound="playing"] .when-stopped, [data-sound="waiting"] .when-stopped { display: none; }
@keyframes turn { to { transform: rotate(360deg); } }
.what { grid-area: what; min-height: 7.3rem; display: flex; flex-direction: column; justify-content: center; }
.kind { font-size: .8rem; font-weight: 650; letter-spacing: .09em; text-transform: uppercase;
  color: #8fe6da; min-height: 1.5em; }
.title { font-size: clamp(1.35rem, 1rem + 1.6vw, 1.9rem); line-height: 1.18; font-weight: 700;
  letter-spacing: -.015em; display: -webkit-box; -webkit-box-orient: vertical;
  -webkit-line-clamp: 2; overflow: hidden; text-wrap: balance; min-height: 1.18em; }
.creator { font-size: 1.06rem; color: #c7e4e1; min-height: 1.5em; display: -webkit-box;
  -webkit-box-orient: vertical; -webkit-line-clamp: 1; overflow: hidden; }
.screen { grid-area: screen; width: 100%; max-height: 70vh; background: #000;
  border-radius: .75rem; }
.course { grid-area: course; }
.below { grid-area: below; }
.track { height: .6rem; border-radius: .3rem; background: #ffffff24; position: relative;
  overflow: hidden; }
.done, .ahead { position: absolute; inset: 0; transform-origin: 0 0; transform: scaleX(0); }
.done { background: #f1fbf9; }
.ahead { background: #5fd3c480; }
.times { display: grid; grid-template-columns: 1fr auto 1fr; gap: .75rem; margin-top: .45rem;
  font-size: .9rem; color: #c7e4e1; font-variant-numeric: tabular-nums; min-height: 1.35rem; }
.times :last-child { text-align: right; }
#elapsed { color: #f1fbf9; font-weight: 600; }
.is-idle .course { visibility: hidden; }
.below { display: flex; gap: .6rem 2rem; align-items: center; justify-content: space-between;
  border-top: 1px solid #ffffff26; padding-top: 1rem; }
.next { min-height: 3em; min-width: 0; flex: 1; color: #c7e4e1; }
.next .word { color: #8fe6da; font-weight: 650; margin-right: .3em; }
.coming { display: block; color: #f1fbf9; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; }
.voice { display: flex; align-items: center; gap: .6rem; font-size: .9rem; color: #c7e4e1; }
.voice p { margin-right: .8rem; text-align: right; }
.voice input { width: 7.5rem; accent-color: #5fd3c4; margin: 0; }

.state { border-radius: .9rem; padding: .75rem 1.1rem; background: var(--card);
  border: 1px solid var(--line); }
.well { color: var(--good); font-weight: 600; }
.well::before { content: "✓"; margin-right: .5em; }
.problems { list-style: none; display: grid; gap: .45rem; }
.problems li { color: var(--alarm); font-weight: 600; }
.problems li::before { content: "!"; display: inline-block; width: 1.35em; height: 1.35em;
  line-height: 1.35em; margin-right: .55em; text-align: center; border-radius: 50%;
  background: var(--alarm); color: var(--card); font-weight: 800; font-size: .85em; }
.problems time { font-weight: 400; color: var(--soft); white-space: nowrap; }
.has-problems { background: var(--alarm-ground); border-color: var(--alarm); }

.columns { display: grid; gap: 1.1rem; grid-template-columns: minmax(0, 1.65fr) minmax(0, 1fr);
  grid-template-rows: auto auto 1fr; }
.sources { grid-row: 1 / span 3; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 1rem;
  padding: 1.3rem 1.4rem 1.4rem; min-width: 0; }
.card h2 { font-size: .95rem; font-weight: 650; color: var(--soft); margin-bottom: .35rem; }
.card h3 { font-size: .9rem; font-weight: 650; margin: 1.1rem 0 .25rem; }
.saying { font-size: 1.3rem; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; }
.held .saying { font-size: 1.1rem; min-height: 2.6em; }
.words { min-height: 5.2rem; }
.passing { color: var(--soft); margin-top: .2rem; }
.river { display: block; width: 100%; height: 17rem; margin: .9rem 0 .6rem; overflow: visible; }
.river text, .minute text { fill: var(--soft); font-size: 13px; }
.river .amount { fill: var(--ink); font-size: 16px; font-weight: 700; }
.river .you { fill: var(--ink); }
.minute { display: block; width: 100%; height: 7rem; }
.minute .line { stroke: var(--line); }
.minute text { font-size: 12px; }
.origin { --is: var(--origin); } .peers-in { --is: var(--peers); } .cache { --is: var(--cache); }
.unverified { --is: var(--unverified); } .uploaded { --is: var(--given); }
.river .stream { fill: var(--is); opacity: .82; }
.river .bed { fill: none; stroke: var(--soft); stroke-opacity: .5; stroke-width: 2; stroke-dasharray: 2 7;
  stroke-linecap: round; }
.river .current { fill: none; stroke: #fff; stroke-opacity: .75; stroke-linecap: round;
  stroke-dasharray: 1 27; animation: flow 1.6s linear infinite; }
@keyframes flow { to { stroke-dashoffset: -28; } }
.minute rect { fill: var(--is); }

.figures { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.figures th, .figures td { text-align: right; padding: .32rem 0 .32rem .8rem; font-weight: 400;
  border-top: 1px solid var(--faint); white-space: nowrap; }
.figures thead th { color: var(--soft); font-size: .85rem; border: 0; }
.figures tr > :first-child { text-align: left; padding-left: 0; white-space: normal; }
.figures tbody th::before { content: ""; display: inline-block; width: .7em; height: .7em;
  border-radius: 50%; background: var(--is, var(--line)); margin-right: .6em; }
.peers .figures tbody th::before { content: none; }
.peers .figures { font-size: .92rem; }
.none { color: var(--soft); }

.cells { display: block; width: 100%; height: 6.5rem; margin: .8rem 0 .7rem; }
.cells rect, .legend li::before { fill: var(--faint); background: var(--faint); }
.cells .is-held, .legend .is-held::before { fill: var(--peers); background: var(--peers); }
.cells .is-part, .legend .is-part::before { fill: var(--cache); background: var(--cache); }
.cells .is-now, .legend .is-now::before { fill: var(--origin); background: var(--origin); }
.cells .is-past { opacity: .5; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; font-size: .85rem;
  color: var(--soft); }
.legend li::before { content: ""; display: inline-block; width: .75em; height: .75em;
  border-radius: .2em; margin-right: .45em; }

.switch { display: flex; gap: .8rem; align-items: center; cursor: pointer; font-weight: 600; }
.switch input { appearance: none; flex: none; width: 2.9rem; height: 1.65rem; margin: 0;
  border-radius: 1rem; background: var(--soft); position: relative; cursor: pointer;
  transition: background .15s; }
.switch input::after { content: ""; position: absolute; width: 1.25rem; height: 1.25rem; top: .2rem;
  left: .2rem; border-radius: 50%; background: var(--card); transition: transform .15s; }
.switch input:checked { background: var(--peers); }
.switch input:checked::after { transform: translateX(1.25rem); }
.switch input:focus-visible { border-radius: 1rem; }
fieldset { border: 0; display: flex; flex-wrap: wrap; gap: .5rem .6rem; align-items: center;
  margin-top: .9rem; min-width: 0; }
legend { float: left; margin-right: .6rem; padding: 0; }
fieldset:disabled, :disabled { opacity: .55; }
fieldset:disabled :disabled { opacity: 1; }
[type="number"], [name="rate"] { font: inherit; width: 6.2rem; padding: .3rem .5rem;
  color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: .5rem; }
.unit { margin-left: -.15rem; }
.check { display: inline-flex; align-items: center; gap: .4rem; cursor: pointer; }
.check input { width: 1.15rem; height: 1.15rem; margin: 0; accent-color: var(--peers); }
.answer { margin-top: .7rem; color: var(--soft); min-height: 3em; }
.answer.is-refused { color: var(--alarm); font-weight: 600; }
.give h3 { margin-top: .8rem; }
.reach { min-height: 4.5em; }
.reach [data-is="yes"], .reach [data-is="ipv4"], .reach [data-is="ipv6"] { color: var(--good); }
.reach [data-is="no"] { color: var(--alarm); }

.else p + p { margin-top: .5rem; }
.lists a { margin-right: .8rem; }
.lists span { color: var(--soft); }
code { font-size: .95em; }
button.small, noscript button { font: inherit; font-size: .9rem; padding: .15rem .7rem;
  border-radius: .5rem; border: 1px solid var(--soft); background: none; color: inherit;
  cursor: pointer; }

@media (max-width: 56rem) {
  .columns { grid-template-columns: minmax(0, 1fr); grid-template-rows: none; }
  .sources { grid-row: auto; }
}
@media (max-width: 40rem) {
  .top, main { padding-left: .8rem; padding-right: .8rem; }
  .now { padding: 1.1rem 1.1rem 1rem; gap: .8rem 1rem; border-radius: 1rem;
    grid-template-areas: "what what" "screen screen" "play course" "below below"; }
  .what { min-height: 6.1rem; }
  .title { -webkit-line-clamp: 3; }
  .creator { -webkit-line-clamp: 2; }
  .play { width: 4rem; height: 4rem; }
  .times { grid-template-columns: 1fr 1fr; gap: 0 .75rem; min-height: 2.7rem; }
  #elapsed { grid-area: 2 / 1 / auto / span 2; }
  .below { flex-direction: column; align-items: stretch; }
  .peers .figures tr { display: grid; grid-template-columns: repeat(3, 1fr); }
  .peers .figures tr > :first-child { grid-column: 1 / -1; padding-bottom: 0; }
  .peers .figures thead th:first-child { display: none; }
  .peers .figures tbody td { border: 0; padding-top: 0; }
  .peers .figures tr > :nth-child(2) { text-align: left; padding-left: 0; }
  .voice { flex-wrap: wrap; width: 100%; }
  .voice p { width: 100%; text-align: left; margin: 0; }
  .voice input { flex: 1; }
  .card { padding: 1rem; }
  .river { height: 21rem; }
  .figures th, .figures td { padding-left: .5rem; }
  .saying { font-size: 1.15rem; }
  .held .saying { min-height: 3.9em; }
  .words { min-height: 6.4rem; }
}
@media (prefers-reduced-motion: reduce) {
  .river .current { animation: none; }
  .when-waiting { animation-duration: 4s; }
  .play, .switch input, .switch input::after { transition: none; }
}
@media (forced-colors: active) {
  .play, .switch input, .state, .card, .now { border: 1px solid; }
  .done, .cells rect, .river .stream, .minute rect { forced-color-adjust: none; }
}
)css";
}

std::string_view plain_style() {
  return R"css(.live { display: none !important; }
.plain { margin: 1rem 0; border-collapse: collapse; width: 100%; table-layout: fixed; }
.plain th { width: 38%; text-align: left; font-weight: 400; color: var(--soft);
  padding: .2rem 1.2rem .2rem 0; vertical-align: top; }
.plain td { padding: .2rem 0; }
.now { grid-template-columns: minmax(0, 1fr); }
form label { display: block; }
)css";
}

}  // namespace alluvium::bridge::page
