# The Debian 12 packages that build, test and demonstrate the project. Sourced by tests/run.sh and
# examples/demo.sh, so that there is one list.

build_packages='g++ meson ninja-build pkg-config ccache python3
  libcurl4-openssl-dev libssl-dev libuv1-dev libpugixml-dev node-llhttp liburiparser-dev
  libogg-dev libavformat-dev libavcodec-dev libavutil-dev libsqlite3-dev libhiredis-dev
  libcli11-dev libspdlog-dev libfmt-dev nlohmann-json3-dev libtomlplusplus-dev
  libhowardhinnant-date-dev libabsl-dev libminiupnpc-dev libnatpmp-dev tzdata
  catch2'
# Only there is it packaged; without it everything is hashed by OpenSSL.
[ "$(dpkg --print-architecture)" != amd64 ] || build_packages="$build_packages libipsec-mb-dev"

demo_packages='nginx ffmpeg asterisk-moh-opsound-wav'

# clang compiles with sanitizers in two thirds of the time, and has libFuzzer.
sanitizer_packages='clang libclang-rt-14-dev'

test_packages="$demo_packages $sanitizer_packages iproute2 nftables lame mpg123 mpv vlc-bin vlc-plugin-base icecast2 aria2 curl openssl ezstream chromium
  faketime groff-base redis-server"

# missing_packages PACKAGE...: those that dpkg does not show as installed.
missing_packages() {
  for package in "$@"; do
    case $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) in
      ii*) ;;
      *) printf '%s ' "$package" ;;
    esac
  done
}

# as_root COMMAND...
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "These packages can only be installed as root or with sudo: $missing" >&2
    return 1
  fi
}

# ensure_packages PACKAGE...: installs what is missing; does nothing, and needs no rights, if
# nothing is. The servers among them are used with configurations of our own, so Debian's services
# are kept from starting: they would take ports (80, 8000) on the machine of whoever tries a demo.
ensure_packages() {
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  echo "Installing $missing" >&2
  policy=/usr/sbin/policy-rc.d
  as_root env DEBIAN_FRONTEND=noninteractive sh -c '
    policy=$1; shift
    if [ ! -e "$policy" ]; then
      trap "rm -f $policy" EXIT
      trap "exit 130" INT TERM
      printf "#!/bin/sh\nexit 101\n" > "$policy" && chmod 755 "$policy"
    fi
    apt-get -q update && apt-get -qy install --no-install-recommends "$@"
  ' sh "$policy" $missing >&2
}

# One checkout profits from what another compiled: only the position inside the project counts.
CCACHE_BASEDIR=$PWD
CCACHE_NOHASHDIR=1
export CCACHE_BASEDIR CCACHE_NOHASHDIR

# configure_build DIR [MESON-OPTION...]: an existing build folder is used again. Of debugging
# information only line numbers are made, which saves a quarter of the compiling.
configure_build() {
  build=$1
  shift
  [ -f "$build/build.ninja" ] || meson setup "$build" -Dcpp_args=-g1 "$@" >&2
}

# configure_sanitized: build-sanitize, with the address and undefined behaviour sanitizers, whose fuzz
# targets search with libFuzzer. Little optimization: compiling is most of what it costs. What clang
# calls -Wconversion is without signs in gcc.
configure_sanitized() {
  CC='ccache clang' CXX='ccache clang++' configure_build build-sanitize -Dlibfuzzer=true \
    -Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 \
    -Dcpp_args='-g1 -fsanitize=fuzzer-no-link -Wno-sign-conversion'
}
