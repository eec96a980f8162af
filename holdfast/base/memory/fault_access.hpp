// Whether a fault was a read or a write, where the processor says so.
#pragma once

#include <cstdint>
#include <string_view>

#include <ucontext.h>

namespace holdfast::inline v0::memory {

enum class access_kind : std::uint8_t { unknown, read, write };

[[nodiscard]] constexpr std::string_view name_of(access_kind kind) noexcept {
  return kind == access_kind::write ? "write to" : kind == access_kind::read ? "read of" : "use of";
}

// From inside the handler of a fault. Async-signal-safe.
template <class Context>
[[nodiscard]] access_kind access_of(const Context* interrupted) noexcept {
  constexpr int error_register = 19;  // REG_ERR of x86-64
  if constexpr (requires { interrupted->uc_mcontext.gregs[error_register]; }) {
    constexpr long long is_write = 2;
    return (interrupted->uc_mcontext.gregs[error_register] & is_write) != 0 ? access_kind::write : access_kind::read;
  } else {
    return access_kind::unknown;
  }
}

}  // namespace holdfast::inline v0::memory
