#!/bin/sh
# Prints every figure of tests/bench. Takes about an hour; nothing here passes or fails.
cd "$(dirname "$0")/../.." || exit 1
. tests/packages.sh
# flash_crowd.py runs libtorrent beside alluvium, gateway_figures.py opentracker, and companions.py and
# that one run wrk; no test needs them.
ensure_packages $build_packages $test_packages python3-libtorrent wrk opentracker || exit 1
configure_build build-bench --buildtype=release || exit 1
ninja -C build-bench >&2 && ninja -C build-bench tests/bench/hash-bench tests/bench/many-players tests/bench/simulate >&2 || exit 1
ALLUVIUM_BUILD=$PWD/build-bench
export ALLUVIUM_BUILD

echo '== hashing, beside openssl in the same minute'
openssl speed -seconds 2 -bytes 16384 -evp sha256 2>/dev/null | tail -n 1
build-bench/tests/bench/hash-bench
for bench in first_sound footprint broadcaster; do
  echo "== $bench"
  python3 "tests/bench/$bench.py"
done
echo '== flash_crowd'
python3 tests/bench/flash_crowd.py --runs 5
python3 tests/bench/flash_crowd.py --runs 5 --share 2M
for at in 0.3 0.6 2; do
  python3 tests/bench/flash_crowd.py --kill 0.5 --at "$at"
  python3 tests/bench/flash_crowd.py --stop 0.5 --at "$at"
done
for at in 0 1 3; do python3 tests/bench/flash_crowd.py --gateway-dies-at "$at"; done
python3 tests/bench/flash_crowd.py --liars 0.2
python3 tests/bench/flash_crowd.py --withholders 0.2
python3 tests/bench/flash_crowd.py --items 10
python3 tests/bench/flash_crowd.py --against-simulation
python3 tests/bench/flash_crowd.py --one-warm
echo '== gateway_figures'
python3 tests/bench/gateway_figures.py
echo '== companions'
python3 tests/bench/companions.py
echo '== live'
python3 tests/bench/live.py
python3 tests/bench/live.py --part 1
echo '== many_players'
python3 tests/bench/many_players.py
