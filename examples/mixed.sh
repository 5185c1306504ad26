#!/bin/sh
# A station that mixes formats: MP3, AAC, Ogg Vorbis, Opus and FLAC, and a short video, one after the
# other for ever. Where the format changes the stream ends, and a player that was given the list
# (/stream.m3u) comes back for the next one. Installs what is missing and builds first. Ctrl-C ends
# everything.
#
#   sh examples/mixed.sh          the listener stays in the foreground: point a player at its list
#   sh examples/mixed.sh --check  comes back for every item once, judges what came, and exits
set -u
cd "$(dirname "$0")/.." || exit 1

example=mixed
. examples/station.sh
seconds=15
[ -z "$check" ] || seconds=8

# piece N: the N-th piece of music there is.
piece() {
  dpkg -L asterisk-moh-opsound-wav | grep '\.wav$' | sort | sed -n "$1p"
}

# item N NAME OPTION...: an item of the N-th piece, encoded once; its name says when it comes.
item() {
  wav=$(piece "$1")
  made=build/demo/mixed-$seconds/$2
  shift 2
  [ -e "$made" ] || {
    ffmpeg -v error -y -ss 20 -t "$seconds" -i "$wav" "$@" -ar 48000 -ac 2 \
      -metadata title="$(basename "${made%.*}")" "${made%/*}/new.${made##*.}" </dev/null &&
      mv "${made%/*}/new.${made##*.}" "$made"
  } || fail "ffmpeg could not encode $made"
}

# types_heard URL: comes back for each item, as a player with the list does, until it has heard one
# whole round. A line for each: its type, and how many seconds of it decode.
types_heard() {
  for n in $(seq 7); do
    curl -sS --max-time 60 -D "$folder/head.$n" -o "$folder/body.$n" "$1" ||
      fail "connection $n to $1 failed"
    type=$(sed -n 's/\r$//; s/^Content-Type: //p' "$folder/head.$n")
    complaints=$(ffmpeg -v error -i "$folder/body.$n" -f null - </dev/null 2>&1)
    [ -z "$complaints" ] || fail "$type does not decode: $complaints"
    codec=$(ffprobe -v error -show_entries stream=codec_name -of csv=p=0 "$folder/body.$n" |
      sort -u | tr '\n' ' ')
    echo "$type: $codec"
  done
}

echo 'Encoding the music' >&2
mkdir -p "build/demo/mixed-$seconds"
item 1 1-song.mp3 -c:a libmp3lame -b:a 128k
item 2 2-song.aac -c:a aac -b:a 128k
item 3 3-song.ogg -c:a libvorbis -b:a 128k
item 4 4-song.opus -c:a libopus -b:a 96k
item 5 5-song.oga -c:a flac
item 1 6-video.webm -f lavfi -t "$seconds" -i testsrc2=size=320x180:rate=25 -c:v libvpx \
  -deadline realtime -b:v 300k -g 50 -c:a libopus -shortest

origin=http://127.0.0.1:$(free_port)
start_nginx "${origin##*:}"
mkdir -p "$folder/www/mixed"
cp "build/demo/mixed-$seconds/"[1-9]-* "$folder/www/mixed/"
build/gateway/broadcaster/alluvium-broadcaster init "$folder/www/mixed" --base "$origin/mixed/" \
  -o "$folder/www/mixed/station.rss" --title 'Alluvium, mixed' ||
  fail 'the station could not be made'

if [ -n "$check" ]; then
  listen mixed mixed --listen 127.0.0.1:0
  stream=$(value mixed stream) || exit 1
  heard=$(types_heard "$stream") || exit 1
  echo "$heard"
  for type in audio/mpeg audio/aac audio/ogg video/webm; do
    echo "$heard" | grep -q "^$type" || fail "$type was not heard"
  done
  echo 'The mixed station works.'
  exit 0
fi

listen mixed mixed --listen "127.0.0.1:$(usual_port)"
stream=$(value mixed stream) || exit 1
cat <<TEXT

Listen with        mpv $stream.m3u
              or   vlc $stream.m3u
What is going on   $(value mixed page)
Ctrl-C ends it all.

TEXT
stay_with mixed
