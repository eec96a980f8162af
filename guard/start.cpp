// The guard's beginning, its forks, and what it tells at the end.
#include <cstdlib>
#include <cstring>

#include <pthread.h>
#include <unistd.h>

#include <holdfast/base/lang/config.hpp>

#include "guard/containers.hpp"
#include "guard/faults.hpp"
#include "guard/guard.h"
#include "guard/keepers.hpp"
#include "guard/options.hpp"
#include "guard/real.hpp"
#include "guard/report.hpp"
#include "guard/samples.hpp"
#include "guard/slots.hpp"
#include "guard/tables.hpp"
#include "guard/text.hpp"

namespace holdfast::guard {
namespace {

constinit bool tells_status = false;

// In this order everywhere, so that a fork in the middle of something else waits for it.
void before_fork() {
  keepers_before_fork();
  tables_before_fork();
  slots_before_fork();
}

void after_fork(bool child) {
  slots_after_fork();
  tables_after_fork();
  keepers_after_fork(child);
  if (!child) return;
  reports_after_fork();
  faults_after_fork();
  samples_after_fork();
  containers_after_fork();
}

void after_fork_in_parent() { after_fork(false); }
void after_fork_in_child() { after_fork(true); }

void tell(const options& wanted, const text_line& complaints) noexcept {
  char room[4096];
  text_sink text(room, sizeof room);
  text.add(complaints.view());
  if (wanted.help) add_help(text);
  if (!text.empty()) write_all(STDERR_FILENO, text.view());
}

void add_status(text_sink& to) noexcept {
  const slot_counts slots = count_slots();
  const keeper_counts keepers = count_keepers();
  const table_counts tables = count_tables();
  const container_counts containers = count_containers();
  to.add("holdfast-guard: status of process ").number(static_cast<std::uint64_t>(getpid())).add("\n");
  to.add("  guarded allocations ").number(slots.guarded).add(", live ").number(slots.live).add(", freed and closed ");
  to.number(slots.freed).add("\n  keepers ").number(keepers.connected).add(", asked ").number(keepers.asked);
  to.add(", kept ").number(keepers.kept).add("\n  tables ").number(tables.tables).add(", blocks held back ");
  to.number(tables.held_back).add("\n  changes of containers watched ").number(containers.changes).add(", waits ");
  to.number(containers.waits).add(", encounters ").number(containers.encounters).add("\n  reports ");
  to.number(count_reports()).add("\n");
}

HOLDFAST_AT_LOAD void begin() {
  find_real_functions();
  text_line complaints;
  const char* const text = secure_getenv("HOLDFAST_GUARD");
  const options wanted = read_options(text == nullptr ? std::string_view{} : std::string_view{text}, complaints);
  tell(wanted, complaints);
  tells_status = wanted.status;
  prepare_reports(wanted);
  prepare_tables(wanted);
  prepare_containers(wanted);
  if (wanted.sample != 0) {
    prepare_slots(wanted.slots);
    watch_faults();
  }
  prepare_samples(wanted);
  const own_work registering;
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

__attribute__((destructor)) void end() {
  if (!tells_status) return;
  char room[1024];
  text_sink text(room, sizeof room);
  add_status(text);
  write_all(STDERR_FILENO, text.view());
}

}  // namespace
}  // namespace holdfast::guard

extern "C" HOLDFAST_EXPORTED std::size_t holdfast_guard_status(char* into, std::size_t capacity) {
  char room[1024];
  holdfast::guard::text_sink text(room, sizeof room);
  holdfast::guard::add_status(text);
  const std::string_view told = text.view();
  if (capacity != 0) {
    const std::size_t length = told.size() < capacity ? told.size() : capacity - 1;
    std::memcpy(into, told.data(), length);
    into[length] = 0;
  }
  return told.size();
}
