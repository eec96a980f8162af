// One line on the terminal that tells which program is running. Silent where standard error is none.
#pragma once

#include <cstddef>
#include <string>

namespace holdfast::inline v0::tools {

class lab_progress {
 public:
  explicit lab_progress(std::size_t runs);
  lab_progress(const lab_progress&) = delete;
  lab_progress& operator=(const lab_progress&) = delete;
  ~lab_progress() { hide(); }

  void label(std::string name);
  void advance();
  // Takes the line away, so that a report can be printed.
  void hide();

 private:
  void draw();

  std::size_t runs_;
  std::size_t done_ = 0;
  std::string label_;
  bool shown_;
  bool drawn_ = false;
};

}  // namespace holdfast::inline v0::tools
