// See catalogue.hpp.
#include <holdfast/hazard/catalogue.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace holdfast::inline v0::hazard {
namespace {

// Insertions, deletions and replacements that turn one text into the other.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

// A part of an id is as good as a slip: `nan` means nan-key.
std::size_t distance_to(std::string_view wrong, std::string_view id) {
  if (wrong.size() >= 3 && id.find(wrong) != std::string_view::npos) return 1;
  return edit_distance(wrong, id);
}

}  // namespace

std::span<const hazard> catalogue() {
  static const std::array all = {
      reference_across_growth(), iterator_across_growth(), erase_while_iterating(), insert_while_iterating(),
      concurrent_writes(), concurrent_read_and_write(), concurrent_iteration_and_write(), nil_map_write(),
      null_pointer_value(), copied_handle_diverges(), reused_address_as_key(), nan_key(), mutated_key(),
      overwritten_header(), unsynchronised_std_map(), pointer_freed_under_reader(), escaping_reference(),
      nil_true_window(), check_then_act(), shared_object_pollution(), recursive_read_lock(), callback_reentry(),
      false_sharing(),
      c_memory_freed_under_value(), c_memory_freed_under_key(), double_release(), leaked_share(),
      revived_share(), destructor_misses_copy(), stack_address_in_map(), loop_variable_address(),
      reference_after_erase(), hidden_pointer(), stale_handle(),
      arena_used_after_reset(),
  };
  return all;
}

const hazard* find_hazard(std::string_view id) {
  const auto all = catalogue();
  const auto found = std::ranges::find(all, id, &hazard::id);
  return found == all.end() ? nullptr : &*found;
}

const program* find_program(const hazard& in, std::string_view name) {
  if (name == in.naive.name) return &in.naive;
  const auto found = std::ranges::find(in.cures, name, &program::name);
  return found == in.cures.end() ? nullptr : &*found;
}

std::string nearest_id(std::string_view wrong) {
  const auto all = catalogue();
  const auto by_distance = [&](const hazard& one) { return distance_to(wrong, one.id); };
  const auto nearest = std::ranges::min_element(all, {}, by_distance);
  const bool near_enough = by_distance(*nearest) <= std::max<std::size_t>(2, nearest->id.size() / 2);
  return near_enough ? std::string(nearest->id) : std::string();
}

std::string_view article_title(std::string_view article) noexcept {
  struct entry {
    std::string_view id;
    std::string_view title;
  };
  static constexpr std::array<entry, 5> titles = {{
      {"A0", "pointers as values of a Go map, and the illusion of zero copy"},
      {"A1", "is assigning a pointer value of a Go map thread-safe"},
      {"A2", "Go maps and memory that C has freed"},
      {"A3", "the life of a Go map's keys and values, and stale pointers"},
      {"A4", "how a Go map is passed: three addresses"},
  }};
  const auto found = std::ranges::find(titles, article, &entry::id);
  return found == titles.end() ? std::string_view() : found->title;
}

}  // namespace holdfast::inline v0::hazard
