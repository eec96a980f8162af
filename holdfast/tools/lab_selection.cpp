#include <holdfast/tools/lab_selection.hpp>

#include <algorithm>

#include <holdfast/hazard/catalogue.hpp>
#include <holdfast/tools/input_error.hpp>

namespace holdfast::inline v0::tools {
namespace {

[[nodiscard]] const hazard::hazard* known(std::string_view id) {
  if (const auto* const found = hazard::find_hazard(id)) return found;
  const std::string nearest = hazard::nearest_id(id);
  const std::string cure = nearest.empty() ? "`holdfast lab list` shows all ids"
                                           : "did you mean " + nearest + "? `holdfast lab list` shows all ids";
  throw input_error("lab", "there is no hazard '" + shown(id) + "'", cure);
}

}  // namespace

hazard_list chosen_hazards(const lab_selection& which, std::string_view command) {
  hazard_list chosen;
  for (const std::string& id : which.ids) {
    const auto* const one = known(id);
    if (std::ranges::find(chosen, one) == chosen.end()) chosen.push_back(one);
  }
  if (which.all) {
    if (!chosen.empty()) throw input_error(command, "ids and --all together", "give one or the other");
    for (const auto& one : hazard::catalogue()) chosen.push_back(&one);
  }
  if (chosen.empty()) throw input_error(command, "no hazard is named", "give an id of `holdfast lab list`, or --all");
  return chosen;
}

std::pair<const hazard::hazard*, const hazard::program*> named_program(std::string_view name) {
  const std::size_t slash = name.find('/');
  const auto* const which = known(name.substr(0, slash));
  const auto wanted = slash == std::string_view::npos ? std::string_view() : name.substr(slash + 1);
  const auto* const one = hazard::find_program(*which, wanted);
  if (one == nullptr) {
    throw input_error("lab child", "no program '" + shown(wanted) + "' in " + std::string(which->id), "see `holdfast lab explain`");
  }
  return {which, one};
}

}  // namespace holdfast::inline v0::tools
