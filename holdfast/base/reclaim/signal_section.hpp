// A section for signal handlers.
//
// A handler may have interrupted a section, a hand-off, or malloc. So it enters only with a record that the
// thread has already, and hands off to two slots that nothing else uses. Both may be refused, and then the
// handler does without:
//
//   signal_section inside(default_domain());
//   if (!inside) return;
//
// Async-signal-safe, all of it. Its pins are released before the handler returns.
#pragma once

#include <cstdint>

#include <holdfast/base/reclaim/pin.hpp>
#include <holdfast/base/reclaim/thread.hpp>

namespace holdfast::inline v0::reclaim {

class domain;

class [[nodiscard]] signal_section {
 public:
  explicit signal_section(domain&) noexcept : who_(known_record()) {
    if (who_ != nullptr) before_ = enter_known(*who_).before;
  }
  ~signal_section() {
    if (who_ != nullptr) who_->leave(before_);
  }
  signal_section(const signal_section&) = delete;
  signal_section& operator=(const signal_section&) = delete;

  // False: the thread has never read anything, so it has no record, and none can be made here.
  [[nodiscard]] explicit operator bool() const noexcept { return who_ != nullptr; }

  // Empty: two such pins of this thread are alive. Only of a section that is true.
  template <class T>
  [[nodiscard]] pin<T> hand_off(T* object, const retirable* node) noexcept {
    slot* const held = who_->hold_reserved(node);
    return held == nullptr ? pin<T>() : pin<T>(object, *held);
  }

 private:
  record* who_;
  std::uint64_t before_ = 0;
};

}  // namespace holdfast::inline v0::reclaim
