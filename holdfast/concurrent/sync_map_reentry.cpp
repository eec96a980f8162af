// See sync_map_reentry.hpp.
#include <holdfast/concurrent/sync_map_reentry.hpp>

#include <holdfast/base/lang/failure.hpp>

namespace holdfast::inline v0::concurrent {

constinit thread_local alter_frame* alter_frame::innermost = nullptr;

void alter_frame::report() noexcept {
  report_fatal("holdfast: fatal: alter never ends",
               "  its callback writes the key that is being altered, each time it is called\n"
               "  cure: let the callback return what shall be there, and nothing else\n");
}

}  // namespace holdfast::inline v0::concurrent
