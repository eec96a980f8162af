// See thread_list.hpp.
#include <holdfast/base/observe/thread_list.hpp>

#include <cstdlib>
#include <cstddef>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace holdfast::inline v0::observe {

std::vector<std::uint32_t> thread_ids() {
  std::vector<std::uint32_t> threads;
  DIR* const folder = opendir("/proc/self/task");
  if (folder == nullptr) return threads;
  while (const dirent* entry = readdir(folder)) {
    const unsigned long id = std::strtoul(entry->d_name, nullptr, 10);
    if (id != 0) threads.push_back(static_cast<std::uint32_t>(id));
  }
  closedir(folder);
  return threads;
}

std::string thread_name(std::uint32_t thread) {
  const std::string path = "/proc/self/task/" + std::to_string(thread) + "/comm";
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return {};
  char bytes[64];
  const ssize_t length = read(file, bytes, sizeof bytes);
  close(file);
  std::string name(bytes, length > 0 ? static_cast<std::size_t>(length) : 0);
  if (!name.empty() && name.back() == '\n') name.pop_back();
  return name;
}

std::string thread_label(std::uint32_t thread) {
  const std::string name = thread_name(thread);
  return std::to_string(thread) + (name.empty() ? " (gone)" : " \"" + name + '"');
}

}  // namespace holdfast::inline v0::observe
