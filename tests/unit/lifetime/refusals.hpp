// Collects refused failures instead of printing them, while it lives.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include <holdfast/base/lang/failure.hpp>

namespace holdfast::tests {

class refusals {
 public:
  refusals() : before_(set_failure_handler(&collect)) { collected().clear(); }
  refusals(const refusals&) = delete;
  refusals& operator=(const refusals&) = delete;
  ~refusals() { set_failure_handler(before_); }

  [[nodiscard]] const std::vector<std::string>& texts() const { return collected(); }

 private:
  static std::vector<std::string>& collected() {
    static std::vector<std::string> texts;
    return texts;
  }
  static void collect(const failure& one) {
    static std::mutex guard;
    const std::lock_guard hold(guard);
    collected().push_back(one.text);
  }

  failure_handler before_;
};

}  // namespace holdfast::tests
