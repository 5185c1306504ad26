#!/bin/sh
# Installs what is missing, builds, and runs the tests. The last line is `N passed, M failed`.
#
#   sh tests/run.sh                      everything, and the unit tests once more with sanitizers
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
      sed -n 's/^# \{0,1\}//;2,8p' "$0" >&2
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

# configure DIR [MESON-OPTION...]
configure() {
  echo "Building $1"
  configure_build "$@" || give_up "meson could not configure $1"
}

# build DIR [MESON-OPTION...]
build() {
  configure "$@"
  ninja -C "$1" || give_up "the build in $1 failed"
}

# build_searches: in build-fuzz, what only the searches need.
build_searches() {
  echo 'Building build-fuzz'
  ensure_packages $fuzz_packages || give_up 'packages could not be installed'
  configure_fuzz || give_up 'meson could not configure build-fuzz'
  ninja -C build-fuzz $(python3 tests/run_suites.py --programs build-fuzz:search) ||
    give_up 'the build in build-fuzz failed'
}

ensure_packages $build_packages $test_packages || give_up 'packages could not be installed'

# Little optimization and line numbers only: compiling is most of what this costs.
sanitizers='-Db_sanitize=address,undefined -Db_lundef=false -Doptimization=1 -Dcpp_args=-g1'
if [ -n "$search" ]; then
  build_searches
  set -- build-fuzz:search
elif [ -n "$sanitize" ]; then
  build build-sanitize $sanitizers
  set -- "build-sanitize:${suites:-unit,loopback}"
else
  build build
  set -- "build${suites:+:$suites}"
  if [ -z "$suites" ]; then
    # Only what is run of it.
    configure build-sanitize $sanitizers
    ninja -C build-sanitize $(python3 tests/run_suites.py --programs build-sanitize:unit) ||
      give_up 'the build in build-sanitize failed'
    set -- "$@" build-sanitize:unit
  fi
fi
exec python3 tests/run_suites.py "$@"
