#include "player-bridge/page/files.hpp"

namespace alluvium::bridge::page {

std::string_view html() {
  return R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#0b3a45">
<meta name="alluvium-revision" content="{{revision}}">
<meta name="alluvium-token" content="{{token}}">
<title>{{station}}</title>
<link rel="icon" type="image/svg+xml" href="/page/icon.svg">
<link rel="stylesheet" href="/page/page.css">
<noscript>
<link rel="stylesheet" href="/page/plain.css">
<meta http-equiv="refresh" content="15">
</noscript>
<script type="module" src="/page/main.js"></script>
</head>
<body>
<header class="top">
<svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
<path d="M3 9c5 0 6 3 11 3S22 7 29 7M3 16c5 0 6 2 11 2s8-4 15-4M3 23c5 0 6 1 11 1s8-3 15-3"/>
</svg>
<h1 id="station">{{station}}</h1>
<p class="clock live" id="clock"></p>
</header>

<main>
<section class="now" id="now" aria-label="What is on">
<button type="button" class="play live" id="play" aria-label="Play">
<svg viewBox="0 0 48 48" aria-hidden="true">
<path class="when-stopped" d="M18 12.5v23L37 24z"/>
<path class="when-playing" d="M15 12h6.5v24H15zm11.5 0H33v24h-6.5z"/>
<circle class="when-waiting" cx="24" cy="24" r="11"/>
</svg>
</button>
<div class="what" aria-live="polite" aria-atomic="true">
<p class="kind" id="kind">{{kind}}</p>
<h2 class="title" id="title">{{name}}</h2>
<p class="creator" id="creator">{{creator}}</p>
</div>
<video class="screen" id="video" playsinline hidden></video>
<audio id="audio"></audio>
<div class="course live" id="course">
<div class="track" id="track" role="progressbar" aria-label="Played of this item"
 aria-valuemin="0" aria-valuemax="100">
<div class="ahead" id="ahead"></div>
<div class="done" id="done"></div>
</div>
<div class="times"><time id="begins"></time><span id="elapsed"></span><time id="ends"></time></div>
</div>
<div class="below live">
<p class="next"><span class="word" id="next-word">Next</span> <span id="next-time"></span>
<span class="coming" id="next"></span></p>
<div class="voice">
<p id="sound" role="status">Press play to listen here.</p>
<label for="volume">Volume</label>
<input type="range" id="volume" min="0" max="100" value="100">
</div>
</div>
</section>

<section class="state" id="state" aria-label="Problems" aria-live="polite">
<p class="well" id="well" {{if-problems}}>Nothing is wrong.</p>
<ul class="problems" id="problems" {{if-none}}>
{{problems}}</ul>
</section>

<noscript>
<section class="card">
<h2>Status</h2>
<p><a href="/stream" target="_blank" rel="noopener">Open the stream</a> to listen in a tab of its own.</p>
<table class="plain">
{{table}}</table>
<form method="post" action="/sharing">
<input type="hidden" name="token" value="{{token}}">
<label for="rate">Share with others (off, unlimited, or bits a second like 2M)</label>
<input id="rate" name="rate" value="{{rate}}">
<button>Change</button>
</form>
</section>
</noscript>


<div class="columns live">
<section class="card sources" aria-labelledby="sources-title">
<h2 id="sources-title">Where the sound comes from</h2>
<div class="words">
<p class="saying" id="saying">Nothing has come yet.</p>
<p class="passing" id="passing"></p>
</div>
<svg class="river" id="river" role="img" aria-labelledby="saying passing"></svg>
<table class="figures">
<thead><tr><th scope="col"><span class="unseen">Source</span></th><th scope="col">so far</th>
<th scope="col">last minute</th></tr></thead>
<tbody id="figures">
<tr class="origin"><th scope="row">Station</th><td>–</td><td>–</td></tr>
<tr class="peers-in"><th scope="row">Other listeners</th><td>–</td><td>–</td></tr>
<tr class="cache"><th scope="row">Cache on this computer</th><td>–</td><td>–</td></tr>
<tr><th scope="row">Gateway (hashes, addresses)</th><td>–</td><td>–</td></tr>
<tr class="uploaded"><th scope="row">Passed on to others</th><td>–</td><td>–</td></tr>
</tbody>
</table>
<h3>The last minute</h3>
<svg class="minute" id="minute" role="img" aria-label="Rates of the last minute"></svg>
</section>

<section class="card held" aria-labelledby="held-title">
<h2 id="held-title">What is here already</h2>
<p class="saying" id="held">Nothing of this item yet.</p>
<svg class="cells" id="cells" role="img" aria-labelledby="held"></svg>
<ul class="legend" aria-hidden="true">
<li class="is-held">here</li><li class="is-part" id="legend-part" hidden>in part</li><li class="is-missing">not yet</li>
<li class="is-now">playing</li>
</ul>
</section>

<section class="card give" aria-labelledby="give-title">
<h2 id="give-title">Sharing</h2>
<form id="sharing" action="/sharing" method="post" autocomplete="off">
<label class="switch"><input type="checkbox" role="switch" id="share-on">
<span>Pass on to others what you hear</span></label>
<fieldset id="cap">
<legend>At most</legend>
<input type="number" id="share-rate" min="0.01" step="any" inputmode="decimal" value="2"
 aria-label="Megabits a second">
<span class="unit" aria-hidden="true">Mbit/s</span>
<label class="check"><input type="checkbox" id="share-all"> no limit</label>
</fieldset>
<p class="answer" id="share-answer" role="status"></p>
</form>
<h3>Can others reach you?</h3>
<p class="reach" id="reach"><strong id="reach-word">Not known yet</strong> <span id="reach-why"></span></p>
</section>

<section class="card peers" aria-labelledby="peers-title">
<h2 id="peers-title">Other listeners</h2>
<p class="none" id="peers-none">None is known yet.</p>
<table class="figures" id="peers-table" hidden>
<thead><tr><th scope="col">Address</th><th scope="col">from them</th>
<th scope="col">to them</th><th scope="col">have</th></tr></thead>
<tbody id="peers"></tbody>
</table>
<p class="none" id="peers-more" hidden></p>
</section>
</div>

<section class="card else live" aria-labelledby="else-title">
<h2 id="else-title">In another player</h2>
<p><code id="stream-url"></code> <button type="button" class="small" id="copy">Copy</button>
<span class="unseen" role="status" id="copied"></span></p>
<p class="lists"><a href="/stream.m3u">M3U</a> <a href="/stream.pls">PLS</a>
<a href="/stream.xspf">XSPF</a> <span id="players"></span></p>
</section>
</main>
</body>
</html>
)html";
}

std::string_view icon() {
  return R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#0b3a45"/>
<path d="M5 10c4.500 0 5.500 2.500 10 2.500S21 8 27 8M5 16.500c4.500 0 5.500 2 10 2s6-3.500 12-3.500M5 23c4.500 0 5.500 1 10 1s6-2.500 12-2.500"
 fill="none" stroke="#5fd3c4" stroke-width="2.600" stroke-linecap="round"/>
</svg>
)svg";
}

}  // namespace alluvium::bridge::page
