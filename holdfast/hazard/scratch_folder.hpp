// A fresh folder under TMPDIR for one child: its current folder, where its core and its notes land.
#pragma once

#include <filesystem>

namespace holdfast::inline v0::hazard {

class scratch_folder {
 public:
  // Throws: std::system_error where no folder can be made.
  scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  // Removes it with everything in it, unless it is kept.
  ~scratch_folder();

  void keep() noexcept { kept_ = true; }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  bool kept_ = false;
};

}  // namespace holdfast::inline v0::hazard
