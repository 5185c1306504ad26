#!/bin/sh
# A whole radio on one machine: two stations of real music (one MP3, one Ogg Vorbis) behind nginx, a
# gateway, and listeners who have the music from each other. Installs what is missing and builds
# first. Ctrl-C ends everything.
#
#   sh examples/demo.sh          the last listener stays in the foreground: point a player at it
#   sh examples/demo.sh --check  records ten seconds of both stations, judges them, and exits
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/packages.sh

check=
case ${1-} in
  '') ;;
  --check) check=yes ;;
  *)
    sed -n 's/^# \{0,1\}//;2,7p' "$0" >&2
    exit 2
    ;;
esac

fail() {
  echo "demo: $1" >&2
  exit 1
}

ensure_packages $build_packages $demo_packages || fail 'packages could not be installed'
configure_build build || fail 'meson could not configure the build'
ninja -C build player-bridge/alluvium gateway/alluvium-gateway \
  gateway/broadcaster/alluvium-broadcaster >&2 || fail 'the build failed'

folder=$(mktemp -d) || exit 1
children=
clean_up() {
  trap - EXIT
  trap '' INT TERM HUP
  [ -z "$children" ] || kill $children 2>/dev/null
  wait
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# in_background NAME COMMAND...: its output goes to files of that name; its process id to $child.
in_background() {
  name=$1
  shift
  "$@" >"$folder/$name.out" 2>"$folder/$name.err" &
  child=$!
  children="$children $child"
}

# await FILE PATTERN: the first line of FILE with PATTERN in it, once there is one.
await() {
  for _ in $(seq 300); do
    grep -m 1 -- "$2" "$folder/$1" 2>/dev/null && return
    kill -0 "$child" 2>/dev/null || break
    sleep 0.1
  done
  cat "$folder/${1%.*}.out" "$folder/${1%.*}.err" >&2
  fail "${1%.*} did not start"
}

# value NAME WORD: what a program's line `WORD value` says.
value() {
  line=$(await "$1.out" "^$2 ") || exit 1
  echo "${line#* }"
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

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

start_nginx() {
  user=
  [ "$(id -u)" != 0 ] || user='user root;'
  mkdir "$folder/temp"
  cat >"$folder/nginx.conf" <<CONF
daemon off;
$user
pid $folder/nginx.pid;
error_log stderr notice;
events { }
http {
  types { application/x-alluvium rss; audio/mpeg mp3; audio/ogg ogg; }
  access_log $folder/access.log;
  client_body_temp_path $folder/temp;
  proxy_temp_path $folder/temp;
  fastcgi_temp_path $folder/temp;
  uwsgi_temp_path $folder/temp;
  scgi_temp_path $folder/temp;
  server { listen 127.0.0.1:$1; root $folder/www; }
}
CONF
  in_background nginx nginx -p "$folder" -c "$folder/nginx.conf" -e stderr
  await nginx.err 'start worker process [0-9]' >/dev/null
}

# publish KIND: a station of that kind of files, with its playlist and hash trees.
publish() {
  mkdir -p "$folder/www/$1"
  cp "build/demo/$1/"*."$1" "$folder/www/$1/"
  build/gateway/broadcaster/alluvium-broadcaster init "$folder/www/$1" --base "$origin/$1/" \
    -o "$folder/www/$1/station.rss" --title "Alluvium demo, $1" --gateway "$gateway" ||
    fail "the $1 station could not be made"
}

# listen NAME KIND [OPTION...]
listen() {
  name=$1
  kind=$2
  shift 2
  in_background "$name" build/player-bridge/alluvium --peer-listen 127.0.0.1:0 \
    --cache "$folder/cache-$name" "$@" "$origin/$kind/station.rss"
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

port=$(python3 -c '
import socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
print(0 if s.connect_ex(("127.0.0.1", 8000)) == 0 else 8000)')
listen mp3-3 mp3 --listen "127.0.0.1:$port"
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
tail -n +1 -f "$folder/mp3-3.err" &
children="$children $!"
wait "$child"
