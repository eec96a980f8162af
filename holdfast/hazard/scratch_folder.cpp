// See scratch_folder.hpp.
#include <holdfast/hazard/scratch_folder.hpp>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace holdfast::inline v0::hazard {

scratch_folder::scratch_folder() {
  const char* const chosen = std::getenv("TMPDIR");
  std::string pattern = chosen != nullptr && *chosen != '\0' ? chosen : "/tmp";
  pattern += "/holdfast-lab-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "no folder can be made at " + pattern);
  }
  path_ = pattern;
}

scratch_folder::~scratch_folder() {
  if (kept_) return;
  std::error_code ignored;  // a folder left behind is not worth a failure
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace holdfast::inline v0::hazard
