#include "holdfast/tools/contestant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "holdfast/tools/input_error.hpp"

namespace holdfast::inline v0::tools {
namespace {

constexpr std::array<std::string_view, 4> usual = {"holdfast", "std", "absl-flat", "boost-flat"};

[[nodiscard]] const contestant* contestant_called(std::string_view name) {
  const auto& all = contestants();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const contestant& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

[[nodiscard]] std::string all_names() {
  std::string names;
  for (const auto& one : contestants()) names += fmt::format("{}, ", one.name);
  return names + "all";
}

void add_once(std::vector<const contestant*>& chosen, const contestant* one) {
  if (std::find(chosen.begin(), chosen.end(), one) == chosen.end()) chosen.push_back(one);
}

}  // namespace

const std::vector<contestant>& contestants() {
  static const auto all = [] {
    std::vector<contestant> built;
    add_holdfast_maps(built);
    add_holdfast_cache(built);
    add_std_map(built);
    add_absl_maps(built);
    add_boost_map(built);
    add_robin_map(built);
    return built;
  }();
  return all;
}

std::vector<const contestant*> choose_contestants(const std::vector<std::string>& names) {
  std::vector<const contestant*> chosen;
  if (names.empty()) {
    for (const auto name : usual) {
      if (const auto* one = contestant_called(name)) add_once(chosen, one);
    }
  }
  for (const auto& name : names) {
    if (name == "all") {
      for (const auto& one : contestants()) add_once(chosen, &one);
    } else if (const auto* one = contestant_called(name)) {
      add_once(chosen, one);
    } else {
      throw input_error("--map", "there is no map '" + shown(name) + "' in this build",
                        "choose among " + all_names());
    }
  }
  return chosen;
}

std::string contestant_help() {
  std::string text = "MAPS (--map)\n";
  for (const auto& one : contestants()) text += fmt::format("  {:<18} {}\n", one.name, one.story);
  text += fmt::format("  {:<18} every one of them\n", "all");
  return text + "  Without --map: holdfast, std, absl-flat and boost-flat, as far as they are there.\n";
}

}  // namespace holdfast::inline v0::tools
