// See frame_text.hpp.
#include <holdfast/hazard/frame_text.hpp>

#include <dlfcn.h>

#include <holdfast/base/observe/symbol.hpp>

namespace holdfast::inline v0::hazard {
namespace {

// Every program of the catalogue is called from here.
constexpr std::string_view outermost = "serve_child";

struct own_module {
  std::uintptr_t base = 0;
  std::string name;
};

own_module find_own_module() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&stack_lines), &info) == 0 || info.dli_fname == nullptr) return {};
  const std::string_view path = info.dli_fname;
  return {reinterpret_cast<std::uintptr_t>(info.dli_fbase), std::string(path.substr(path.rfind('/') + 1))};
}

// Long names help nobody: the rooms are the same in every line, and the lab has named the hazard.
std::string shortened(std::string text) {
  for (const std::string_view prefix : {"holdfast::v0::", "holdfast::", "hazard::"}) {
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at)) text.erase(at, prefix.size());
  }
  constexpr std::string_view room = "_programs::";
  for (std::size_t at = text.find(room); at != std::string::npos; at = text.find(room)) {
    const std::size_t before = text.find_last_not_of("abcdefghijklmnopqrstuvwxyz_", at);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    text.erase(begin, at + room.size() - begin);
  }
  return text;
}

std::string line_of(const observe::symbol& one) {
  std::string text = shortened(one.function.empty() ? std::string("?") : one.function);
  if (!one.file.empty()) text += " at " + one.file.substr(one.file.rfind('/') + 1) + ":" + std::to_string(one.line);
  if (one.inlined) text += " (inlined)";
  return text;
}

std::string line_of(const frame& one) {
  std::string text = one.symbol.empty() ? "?" : shortened(one.symbol.substr(0, one.symbol.rfind('+')));
  return text + " in " + one.module;
}

bool is_child_of_exec(const own_module& self, const frame& one) {
  // Run as /proc/self/exe, the program is known by that name to its own loader.
  return one.module == self.name || one.module == "exe";
}

}  // namespace

std::vector<std::string> stack_lines(const crash_notes& notes) {
  static const own_module self = find_own_module();
  std::vector<std::string> lines;
  for (const frame& one : notes.frames) {
    if (one.symbol.find(outermost) != std::string::npos) break;
    if (!is_child_of_exec(self, one)) {
      lines.push_back(line_of(one));
      continue;
    }
    // The innermost address is the instruction that failed, the others lie behind a call.
    const std::uint64_t back = &one == &notes.frames.front() ? 0 : 1;
    for (const observe::symbol& symbol : observe::symbols_at(reinterpret_cast<const void*>(self.base + one.offset - back))) {
      if (symbol.function.find(outermost) != std::string::npos) return lines;
      if (symbol.function.empty()) {
        lines.push_back(line_of(one));
      } else {
        lines.push_back(line_of(symbol));
      }
    }
  }
  return lines;
}

}  // namespace holdfast::inline v0::hazard
