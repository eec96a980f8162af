# ./dev test: lanes, each a way to build and run the tests, and the table of what they said.

all_lanes=(check dev release asan tsan noexcept clang mutation)
# What ./dev test runs unless told otherwise: within 40 minutes on two cores. --all runs the rest too.
usual_lanes=(check dev noexcept asan_short tsan_short)

lane_purpose() {
  case "$1" in
    check) echo "layers, cycles, tags, style, links; every header alone; the benchmarks configure" ;;
    dev) echo "every test, assertions on, warnings are errors" ;;
    release) echo "optimised: golden instruction counts, properties, the command" ;;
    asan) echo "AddressSanitizer and UndefinedBehaviorSanitizer" ;;
    asan_short) echo "the same over stress, alloc_failure, property" ;;
    tsan) echo "ThreadSanitizer: unit, death, stress, linearizability" ;;
    tsan_short) echo "the same over stress, linearizability" ;;
    noexcept) echo "-fno-exceptions" ;;
    clang) echo "clang 14: headers, unit, compile_fail" ;;
    mutation) echo "plausible bugs planted one at a time; each must be caught" ;;
    coverage) echo "line coverage (only when asked for)" ;;
  esac
}

task_test() {
  local lanes=()
  while [ $# -gt 0 ]; do
    case "$1" in
      --lane)
        [ $# -ge 2 ] || refuse "--lane needs a name; ./dev test --list tells them"
        [ -n "$(lane_purpose "$2")" ] || refuse "there is no lane '$2'; ./dev test --list tells them"
        lanes+=("$2")
        shift 2
        ;;
      --all)
        lanes=("${all_lanes[@]}")
        shift
        ;;
      --list)
        local lane
        for lane in "${all_lanes[@]}" asan_short tsan_short coverage; do printf '%-10s %s\n' "$lane" "$(lane_purpose "$lane")"; done
        return
        ;;
      *) refuse "./dev test does not know '$1'; it takes --lane NAME, --all and --list" ;;
    esac
  done
  [ ${#lanes[@]} -gt 0 ] || lanes=("${usual_lanes[@]}")
  need_for_lanes "${lanes[@]}"
  run_lanes "${lanes[@]}"
}

need_for_lanes() {
  local groups=(build command peers test)
  case " $* " in *" clang "*) groups+=(clang) ;; esac
  case " $* " in *" coverage "*) groups+=(coverage) ;; esac
  need "${groups[@]}"
}

# Each lane leaves `passed failed skipped` in these; the table is printed from rows.
passed=0 failed=0 skipped=0
rows=()

run_lanes() {
  local lane begin all_passed=0 all_failed=0 result total=$SECONDS
  mkdir -p build/log
  for lane in "$@"; do
    heading "lane $lane: $(lane_purpose "$lane")"
    begin=$SECONDS
    passed=0 failed=0 skipped=0
    "lane_$lane"
    result="${green}passed${plain}"
    [ "$failed" -eq 0 ] || result="${red}FAILED${plain}"
    rows+=("$(printf '%-10s %7d %7d %8d %8s   %s' "$lane" "$passed" "$failed" "$skipped" \
      "$(duration $((SECONDS - begin)))" "$result")")
    all_passed=$((all_passed + passed))
    all_failed=$((all_failed + failed))
  done
  printf '\n%s%-10s %7s %7s %8s %8s   %s%s\n' "$bold" lane passed failed skipped time result "$plain"
  printf '%s\n' "${rows[@]}"
  printf '\nall lanes took %s\n' "$(duration $((SECONDS - total)))"
  printf '%d passed, %d failed\n' "$all_passed" "$all_failed"
  [ "$all_failed" -eq 0 ]
}

# one COMMAND…: a check that counts as one test.
one() {
  local log=build/log/check.log
  if "$@" >"$log" 2>&1; then
    passed=$((passed + 1))
    note "$(tail -n 1 "$log")"
  else
    failed=$((failed + 1))
    cat "$log"
  fi
}

# suite PRESET: builds it, runs its test preset and adds up what came of it.
suite() {
  local preset=$1 log=build/log/$1.ctest.log report=build/log/$1.junit.xml progress=()
  if ! build "$preset"; then
    failed=$((failed + 1))
    return
  fi
  rm -f "$report"
  if [ -t 1 ]; then
    ctest --preset "$preset" -j "$jobs" --progress --quiet --output-junit "$PWD/$report" || true
  else
    ctest --preset "$preset" -j "$jobs" --output-junit "$PWD/$report" >"$log" 2>&1 </dev/null || true
  fi
  local counts passed_now failed_now skipped_now
  if counts=$(python3 -B scripts/test_report.py "$report"); then
    read -r passed_now failed_now skipped_now <<<"$(tail -n 1 <<<"$counts")"
    sed '$d' <<<"$counts"
  else
    [ -f "$log" ] && tail -n 20 "$log" >&2
    warn "lane $preset: ctest wrote no report"
    passed_now=0 failed_now=1 skipped_now=0
  fi
  note "ran: $passed_now passed, $failed_now failed, $skipped_now skipped"
  passed=$((passed + passed_now)) failed=$((failed + failed_now)) skipped=$((skipped + skipped_now))
}

lane_check() {
  one python3 -B scripts/check_layers.py
  one python3 -B scripts/check_tags.py
  one python3 -B scripts/check_style.py
  one python3 -B scripts/check_docs.py
  one python3 -B scripts/check_headers.py --compiler g++
  one configures release
}

# No usual lane builds the benchmarks; that they can still be configured is looked at here.
configures() {
  cmake --preset "$1" -B "build/configured/$1" -DCMAKE_MESSAGE_LOG_LEVEL=WARNING && echo "configures: ok, $1"
}

lane_dev() { suite dev; }
lane_release() { suite release; }
lane_asan() { suite asan; }
lane_asan_short() { suite asan_short; }
lane_tsan() { suite tsan; }
lane_tsan_short() { suite tsan_short; }

lane_noexcept() {
  one python3 -B scripts/check_headers.py --public --compiler g++ --flag=-fno-exceptions
  suite noexcept
}

lane_clang() {
  one python3 -B scripts/check_headers.py --compiler clang++-14
  suite clang
}

# Each bug counts as a test, and a survivor is told as soon as it is known.
lane_mutation() {
  local log=build/log/mutation.log
  { python3 -B scripts/run_mutations.py --jobs "$jobs" 2>&1 || true; } | tee "$log" | { grep --line-buffered '[0-9] s  ' || true; }
  passed=$((passed + $(grep -c '[0-9]  caught  ' "$log" || true)))
  failed=$((failed + $(grep -c '[0-9]  SURVIVED ' "$log" || true)))
  if ! tail -n 1 "$log" | grep -q '^mutations: [0-9]* of [0-9]* caught'; then
    failed=$((failed + 1))
    tail -n 20 "$log" >&2
  fi
  note "$(tail -n 1 "$log")"
}

lane_coverage() {
  suite coverage
  if command -v gcovr >/dev/null; then
    gcovr --root . --filter holdfast/ --exclude-throw-branches build/coverage | tail -n +5
  fi
}
