// See asymmetric_fence.hpp.
#include <holdfast/base/sync/asymmetric_fence.hpp>

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <holdfast/base/sync/first_answer.hpp>
#include <holdfast/base/sync/real_machine.hpp>

namespace holdfast::inline v0::sync {

namespace {

constinit basic_first_answer<fencing, real_machine> decision;
static_assert(fencing{} == fencing::undecided);

long membarrier(int command) noexcept { return syscall(SYS_membarrier, command, 0, 0); }

fencing decide() noexcept {
  const long query = membarrier(MEMBARRIER_CMD_QUERY);
  const long registration = query < 0 ? query : membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
  // Two threads may ask at once; registering twice is harmless.
  return decision.propose(fencing_for(query, registration));
}

}  // namespace

fencing fencing_for(long query, long registration) noexcept {
  const bool offered = query >= 0 && (query & MEMBARRIER_CMD_PRIVATE_EXPEDITED) != 0;
  return offered && registration == 0 ? fencing::by_kernel : fencing::by_readers;
}

fencing decided_fencing() noexcept {
  // The process is registered when by_kernel is seen.
  const fencing known = decision.known();
  return known != fencing::undecided ? known : decide();
}

bool heavy_fence() noexcept {
  if (decided_fencing() == fencing::by_kernel) return membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) == 0;
  // seq_cst: pairs with the fence that each reader executes in this mode.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return true;
}

}  // namespace holdfast::inline v0::sync
