# What the example stations have in common: the programs built, a folder that goes away, processes
# that end with the script, nginx. Sourced by demo.sh and mixed.sh from the project's root, with
# $example set to the name that errors begin with.
. tests/packages.sh

# The one option that an example has.
check=
case ${1-} in
  '') ;;
  --check) check=yes ;;
  *)
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac

fail() {
  echo "$example: $1" >&2
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

# usual_port: 8000 if nothing has it, else 0.
usual_port() {
  python3 -c '
import socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
print(0 if s.connect_ex(("127.0.0.1", 8000)) == 0 else 8000)'
}

# start_nginx PORT: what is in $folder/www.
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
  types { application/x-alluvium rss; audio/mpeg mp3; audio/ogg ogg opus oga;
    audio/aac aac; video/webm webm; }
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

# listen NAME KIND [OPTION...]
listen() {
  name=$1
  kind=$2
  shift 2
  in_background "$name" build/player-bridge/alluvium --peer-listen 127.0.0.1:0 --map-port off \
    --cache "$folder/cache-$name" "$@" "$origin/$kind/station.rss"
}

# stay_with NAME: shows that listener's log for as long as it runs.
stay_with() {
  running=$child
  tail -n +1 -f "$folder/$1.err" &
  children="$children $!"
  wait "$running"
}
