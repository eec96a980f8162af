# Configuring and building a preset, with one line of progress.

jobs=$(nproc 2>/dev/null || echo 2)

# configure PRESET
configure() {
  local preset=$1 log=build/log/$1.configure.log
  mkdir -p build/log
  if ! cmake --preset "$preset" >"$log" 2>&1; then
    tail -n 30 "$log" >&2
    warn "configuring $preset failed; the whole story is in $log"
    return 1
  fi
  # What was left out of the build is worth a line; it is said once a preset.
  sed -n 's/^-- holdfast: \(without .*\)/    \1/p' "$log"
}

# build PRESET [TARGET…]: configures, builds, and says how long it took.
build() {
  local preset=$1 log=build/log/$1.build.log begin=$SECONDS status=0 targets=()
  shift
  [ $# -eq 0 ] || targets=(--target "$@")
  configure "$preset" || return 1
  local command=(cmake --build --preset "$preset" --parallel "$jobs" ${targets[@]+"${targets[@]}"})
  if [ -t 1 ]; then
    NINJA_STATUS="    building $preset [%f/%t] " "${command[@]}" || status=$?
  else
    "${command[@]}" >"$log" 2>&1 </dev/null &
    watch_build $! "$preset" "$log"
    wait $! || status=$?
    if [ $status -ne 0 ]; then
      grep -v '^\[[0-9]*/[0-9]*\] \(Building\|Linking\|Re-checking\)' "$log" | head -n 60 >&2
      warn "building $preset failed; the whole story is in $log"
    fi
  fi
  [ $status -eq 0 ] || return 1
  note "built $preset in $(duration $((SECONDS - begin)))"
}

# Off a terminal: a line a minute, so that nobody takes a long build for a dead one.
watch_build() {
  local pid=$1 preset=$2 log=$3 waited=0
  while kill -0 "$pid" 2>/dev/null; do
    sleep 1
    waited=$((waited + 1))
    if [ $((waited % 60)) -eq 0 ]; then
      note "building $preset $(grep -o '^\[[0-9]*/[0-9]*\]' "$log" | tail -n 1)"
    fi
  done
}
