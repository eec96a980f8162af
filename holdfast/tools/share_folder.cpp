#include "holdfast/tools/share_folder.hpp"

#include <cstdlib>
#include <vector>

#include "holdfast/tools/input_error.hpp"

namespace holdfast::inline v0::tools {
namespace {

namespace fs = std::filesystem;

// $HOLDFAST_SHARE alone when it is set; else PREFIX/share/holdfast for a command in PREFIX/bin,
// then the share folder of each folder above the command.
[[nodiscard]] std::vector<fs::path> share_folders() {
  if (const char* given = std::getenv("HOLDFAST_SHARE"); given != nullptr && *given != '\0') {
    return {fs::path(given)};
  }
  std::error_code ignored;
  fs::path folder = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  std::vector<fs::path> folders;
  folders.push_back(folder.parent_path() / "share" / "holdfast");
  while (!folder.empty()) {
    folders.push_back(folder / "share");
    if (folder == folder.root_path()) break;
    folder = folder.parent_path();
  }
  return folders;
}

}  // namespace

fs::path shipped_file(const std::string& file) {
  const auto folders = share_folders();
  for (const auto& folder : folders) {
    std::error_code ignored;
    if (fs::is_regular_file(folder / file, ignored)) return folder / file;
  }
  throw input_error(file, "is not in " + folders.front().string() + " nor near the command",
                    "set HOLDFAST_SHARE to the share folder of holdfast's sources");
}

}  // namespace holdfast::inline v0::tools
