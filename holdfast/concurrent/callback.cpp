// The report of a callback that used the map it was called by.
#include <holdfast/concurrent/callback.hpp>

#include <string>

#include <holdfast/base/observe/fatal.hpp>

namespace holdfast::inline v0::concurrent {

constinit thread_local callback_frame* callback_frame::innermost = nullptr;

void callback_frame::report(const char* wanted, const char* member) noexcept {
  const std::string lines = std::string("  this thread called ") + wanted + "() inside a callback of " + member +
                            "() of the same map;\n  the map holds a lock meanwhile, so the call would wait for ever\n";
  observe::report_fatal_here("fatal error: map used inside its own callback", lines,
                             "note what is to be done and do it after the call, or use sync_map, whose callbacks "
                             "may use the map (docs: choosing)");
}

}  // namespace holdfast::inline v0::concurrent
