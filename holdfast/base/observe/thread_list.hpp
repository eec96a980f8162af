// The threads of this process, as the kernel tells them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace holdfast::inline v0::observe {

// The kernel's ids, in no order. Threads may come and go while the list is made.
[[nodiscard]] std::vector<std::uint32_t> thread_ids();

// The name a thread was given by pthread_setname_np, or its program's; empty if the thread has gone.
[[nodiscard]] std::string thread_name(std::uint32_t thread);

// `4711 "worker-1"`, or `4711 (gone)`.
[[nodiscard]] std::string thread_label(std::uint32_t thread);

}  // namespace holdfast::inline v0::observe
