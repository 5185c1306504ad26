#!/bin/sh
# Installs what is missing, builds, and runs the tests. The last line is `N passed, M failed`.
#
#   sh tests/run.sh                      everything; with sanitizers the unit tests once more, and
#                                        half a minute of searching for each fuzz target
#   sh tests/run.sh unit loopback        only these suites (see `suite:` in the meson.build files)
#   sh tests/run.sh --sanitize           unit and loopback with the programs built with sanitizers
#   sh tests/run.sh --sanitize loopback  only this suite, with sanitizers
#   sh tests/run.sh --search             half a minute of searching for each fuzz target
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/packages.sh

sanitize=
search=
suites=
for argument in "$@"; do
  case $argument in
    --sanitize) sanitize=yes ;;
    --search) search=yes ;;
    -*)
      sed -n 's/^# \{0,1\}//;2,9p' "$0" >&2
      exit 2
      ;;
    *) suites="${suites:+$suites,}$argument" ;;
  esac
done

# give_up WHAT: ends the run so that its last line still counts as one failure.
give_up() {
  echo "$1"
  echo '0 passed, 1 failed'
  exit 1
}

# build DIR [TARGET...]: all of it without targets.
build() {
  echo "Building $1"
  ninja -C "$@" || give_up "the build in $1 failed"
}

# build_for DIR:SUITE,...: only the programs that these suites run.
build_for() {
  build "${1%%:*}" $(python3 tests/run_suites.py --programs "$1")
}

ensure_packages $build_packages $test_packages || give_up 'packages could not be installed'

if [ -n "$search$sanitize" ] || [ -z "$suites" ]; then
  configure_sanitized || give_up 'meson could not configure build-sanitize'
fi
if [ -n "$search" ]; then
  set -- build-sanitize:search
  build_for "$1"
elif [ -n "$sanitize" ]; then
  set -- "build-sanitize:${suites:-unit,loopback}"
  build build-sanitize
else
  configure_build build || give_up 'meson could not configure build'
  build build
  set -- "build${suites:+:$suites}"
  if [ -z "$suites" ]; then
    set -- build build-sanitize:unit,search
    build_for "$2"
  fi
fi
exec python3 tests/run_suites.py "$@"
