// Where results go: a file, or standard output for "-". A file that cannot be written is told
// before the work begins, and a full disk is not overlooked. What the file held stays until there
// is something to replace it with.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::inline v0::tools {

class output_file {
 public:
  // Throws: input_error where `path` cannot be written.
  explicit output_file(std::string path);
  output_file(const output_file&) = delete;
  output_file& operator=(const output_file&) = delete;
  // Takes away a file that was made and never written.
  ~output_file();

  // Replaces what was there by `text`. Throws: input_error.
  void write(std::string_view text);

 private:
  [[noreturn]] void refuse(const std::string& what, int error) const;

  std::string path_;
  int descriptor_;
  bool made_ = false;
  bool written_ = false;
};

}  // namespace holdfast::inline v0::tools
