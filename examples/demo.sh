#!/bin/sh
# A whole radio on one machine: two stations of real music (one MP3, one Ogg Vorbis) behind nginx, a
# gateway, and listeners who have the music from each other. Installs what is missing and builds
# first. Ctrl-C ends everything.
#
#   sh examples/demo.sh          the last listener stays in the foreground: point a player at it
#   sh examples/demo.sh --check  records ten seconds of both stations, judges them, and exits
set -u
cd "$(dirname "$0")/.." || exit 1

example=demo
. examples/station.sh

# make_music KIND ENCODER: 75 seconds of each piece, encoded once.
make_music() {
  mkdir -p "build/demo/$1"
  for wav in $(dpkg -L asterisk-moh-opsound-wav | grep '\.wav$'); do
    name=$(basename "$wav" .wav)
    made=build/demo/$1/$name.$1
    [ -e "$made" ] || {
      ffmpeg -v error -y -ss 5 -t 75 -i "$wav" -ar 44100 -ac 2 -c:a "$2" -b:a 128k \
        -metadata artist="$(echo "${name%-*}" | tr _ ' ')" \
        -metadata title="$(echo "${name#*-}" | tr _ ' ')" "$made.new.$1" </dev/null &&
        mv "$made.new.$1" "$made"
    } || fail "ffmpeg could not encode $wav"
  done
}

# publish KIND: a station of that kind of files, with its playlist and hash trees.
publish() {
  mkdir -p "$folder/www/$1"
  cp "build/demo/$1/"*."$1" "$folder/www/$1/"
  build/gateway/broadcaster/alluvium-broadcaster init "$folder/www/$1" --base "$origin/$1/" \
    -o "$folder/www/$1/station.rss" --title "Alluvium demo, $1" --gateway "$gateway" ||
    fail "the $1 station could not be made"
}

# received NAME...: bytes from peers and from the origin, summed over these listeners.
received() {
  for name in "$@"; do value "$name" page; done | python3 -c '
import json, sys, urllib.parse, urllib.request
peers = origin = 0
for page in sys.stdin:
    status = urllib.parse.urljoin(page.strip(), "/status.json")
    got = json.load(urllib.request.urlopen(status, timeout=10))["bytes"]
    peers += got["peers"]
    origin += got["origin"]
print(peers, origin)'
}

# check_station KIND NAME...: records the last-named listener; judges sound and sources.
check_station() {
  kind=$1
  shift
  for last in "$@"; do :; done
  stream=$(value "$last" stream) || exit 1
  timeout 60 ffmpeg -v error -y -i "$stream" -t 10 -c copy "$folder/record.$kind" </dev/null ||
    fail "$stream could not be recorded"
  complaints=$(ffmpeg -v error -i "$folder/record.$kind" -af asetpts=N/SR/TB -f null - </dev/null 2>&1)
  [ -z "$complaints" ] || fail "the $kind recording does not decode: $complaints"
  seconds=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$folder/record.$kind")
  [ "${seconds%.*}" -ge 9 ] || fail "only $seconds s of the $kind station were recorded"
  bytes=$(received "$@") || fail "status.json of the $kind listeners could not be read"
  [ "${bytes% *}" -gt 0 ] || fail "no byte of the $kind station came from a peer"
  echo "$kind: $seconds s decode cleanly; $# listeners had ${bytes% *} bytes from each other," \
    "${bytes#* } from the origin"
}

echo 'Encoding the music' >&2
make_music mp3 libmp3lame
make_music ogg libvorbis

origin=http://127.0.0.1:$(free_port)
gateway_port=$(free_port)
gateway=http://127.0.0.1:$gateway_port
start_nginx "${origin##*:}"
publish mp3
publish ogg
in_background gateway build/gateway/alluvium-gateway --listen "127.0.0.1:$gateway_port" \
  --station "$origin/mp3/station.rss" --station "$origin/ogg/station.rss" \
  --allow-net 127.0.0.0/8 --store "$folder/store"
await gateway.out '^gateway ' >/dev/null

for name in mp3-1:mp3 mp3-2:mp3 ogg-1:ogg ogg-2:ogg; do
  listen "${name%:*}" "${name#*:}" --listen 127.0.0.1:0
  value "${name%:*}" stream >/dev/null || exit 1
done

if [ -n "$check" ]; then
  listen mp3-3 mp3 --listen 127.0.0.1:0
  check_station mp3 mp3-1 mp3-2 mp3-3
  check_station ogg ogg-1 ogg-2
  echo 'The demo works.'
  exit 0
fi

listen mp3-3 mp3 --listen "127.0.0.1:$(usual_port)"
stream=$(value mp3-3 stream) || exit 1
cat <<TEXT

The MP3 station    $stream
The Ogg station    $(value ogg-2 stream)
What is going on   $(value mp3-3 page)

Listen with        mpv $stream
              or   vlc $stream
              or   a browser: open that address
Ctrl-C ends it all. Playlists, logs and caches are in $folder until then.

TEXT
stay_with mp3-3
