# What the commands of ./dev need of Debian, and its installation.

# package | groups that want it | what it is for | a command that makes it needless
package_table='
g++                  | build           | the compiler                                  | g++
cmake                | build           | configures the build                          | cmake
ninja-build          | build           | runs the build                                | ninja
ccache               | build?          | makes a second build fast                     | ccache
python3              | build           | the check scripts                             | python3
libcli11-dev         | command         | command line of holdfast                      |
libfmt-dev           | command         | text of holdfast                              |
nlohmann-json3-dev   | command         | JSON reports of holdfast                      |
liblzma-dev          | command?        | reading .xz traces                            |
zlib1g-dev           | command?        | reading .gz traces                            |
libabsl-dev          | peers?          | comparison to absl                            |
libboost1.81-dev     | peers?          | comparison to boost::unordered_flat_map       |
robin-map-dev        | peers?          | comparison to tsl::robin_map                  |
libtbb-dev           | peers? bench?   | comparison to oneTBB concurrent_hash_map      |
libcuckoo-dev        | peers? bench?   | comparison to libcuckoo                       |
libxenium-dev        | bench?          | comparison to xenium vyukov_hash_map          |
libcds-dev           | peers? bench?   | comparison to libcds SplitListMap             |
liburcu-dev          | peers? bench?   | comparison to liburcu lfht                    |
libgtest-dev         | test            | the tests                                     |
libgmock-dev         | test            | the tests                                     |
librapidcheck-dev    | test?           | property tests                                |
pkg-config           | test            | the test of the .pc file                      | pkg-config
relacy-dev           | test?           | protocols under the memory model of C++       |
spin                 | test?           | Spin models of protocols                      | spin
valgrind             | test?           | golden instruction counts                     | valgrind
sqlite3              | test?           | the guard under a real program                | sqlite3
redis-server         | test?           | the guard under a real server                 | redis-server
golang-1.19-go       | test? bench?    | tests and benchmarks against the real Go      |
clang-14             | clang           | the clang lane and the fuzzers                | clang++-14
libclang-rt-14-dev   | clang           | sanitizers and libFuzzer of clang             |
clang-format-19      | format          | ./dev format                                  | clang-format-19
clang-tidy-14        | tidy            | ./dev check --tidy                            | clang-tidy-14
gcovr                | coverage?       | the summary of the coverage lane              | gcovr
gnuplot-nox          | bench?          | the picture of insert latencies               | gnuplot
'

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# need GROUP…: installs what those groups lack, saying what and why. A package of `group?` may be
# missing: then one feature is left out. Without any other ./dev stops.
need() {
  local package groups purpose tool group missing=() optional=()
  while IFS='|' read -r package groups purpose tool; do
    read -r package <<<"$package"
    read -r tool <<<"$tool"
    [ -n "$package" ] || continue
    if [ -n "$tool" ] && command -v "$tool" >/dev/null; then continue; fi
    if command -v dpkg-query >/dev/null && is_installed "$package"; then continue; fi
    for group in "$@"; do
      case " $groups " in
        *" $group "*) missing+=("$package") ;;
        *" $group? "*) optional+=("$package") ;;
        *) continue ;;
      esac
      break
    done
  done <<<"$package_table"
  [ $((${#missing[@]} + ${#optional[@]})) -gt 0 ] || return 0

  heading "installing what is missing"
  for package in ${missing[@]+"${missing[@]}"} ${optional[@]+"${optional[@]}"}; do
    printf '    %-20s %s\n' "$package" "$(purpose_of "$package")"
  done
  install_packages
}

purpose_of() { awk -F'|' -v name="$1" '{gsub(/ /, "", $1)} $1 == name {gsub(/^ +| +$/, "", $3); print $3}' <<<"$package_table"; }

# Installs `missing` and `optional` of its caller; all at once, and where apt refuses one by one.
install_packages() {
  local as_root=() package log=build/log/apt.log
  command -v apt-get >/dev/null ||
    die "this is not Debian (no apt-get); install what matches: ${missing[*]-} ${optional[*]-}"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      die "not root and no sudo; run this as root: apt-get install ${missing[*]-} ${optional[*]-}"
    note "apt-get runs through sudo, which may ask for your password"
    as_root=(sudo)
  fi
  if [ ${#optional[@]} -gt 0 ] && is_installed libboost1.74-dev; then
    note "libboost1.81-dev would remove your libboost1.74-dev: left as it is"
    optional=($(printf '%s\n' "${optional[@]}" | grep -vx libboost1.81-dev || true))
  fi
  mkdir -p build/log
  apt_get() {
    ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
      apt-get -y -o Dpkg::Use-Pty=0 "$@" >>"$log" 2>&1 </dev/null
  }
  : >"$log"
  apt_get update || warn "apt-get update failed; going on with the package lists that are there"
  if apt_get install --no-install-recommends ${missing[@]+"${missing[@]}"} ${optional[@]+"${optional[@]}"}; then
    return
  fi
  for package in ${missing[@]+"${missing[@]}"}; do
    apt_get install --no-install-recommends "$package" || {
      tail -n 15 "$log" >&2
      die "apt-get could not install $package ($(purpose_of "$package")); the whole story is in $log"
    }
  done
  for package in ${optional[@]+"${optional[@]}"}; do
    apt_get install --no-install-recommends "$package" ||
      warn "no $package: without $(purpose_of "$package")"
  done
}
