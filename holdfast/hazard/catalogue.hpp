// All hazards, in the order in which the lab tells them.
//
// Each is put together by a function in the file of its name; nothing registers itself.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <holdfast/hazard/hazard.hpp>

namespace holdfast::inline v0::hazard {

[[nodiscard]] std::span<const hazard> catalogue();

// Null if there is none of that id.
[[nodiscard]] const hazard* find_hazard(std::string_view id);
// "naive" or a cure's name. Null if the hazard has none of that name.
[[nodiscard]] const program* find_program(const hazard& in, std::string_view name);

// The id that `wrong` was most likely meant to be; empty if none is near.
[[nodiscard]] std::string nearest_id(std::string_view wrong);

// What the article is about, for A0 to A4.
[[nodiscard]] std::string_view article_title(std::string_view article) noexcept;

[[nodiscard]] hazard reference_across_growth();
[[nodiscard]] hazard iterator_across_growth();
[[nodiscard]] hazard erase_while_iterating();
[[nodiscard]] hazard insert_while_iterating();
[[nodiscard]] hazard concurrent_writes();
[[nodiscard]] hazard concurrent_read_and_write();
[[nodiscard]] hazard concurrent_iteration_and_write();
[[nodiscard]] hazard nil_map_write();
[[nodiscard]] hazard null_pointer_value();
[[nodiscard]] hazard copied_handle_diverges();
[[nodiscard]] hazard reused_address_as_key();
[[nodiscard]] hazard nan_key();
[[nodiscard]] hazard mutated_key();
[[nodiscard]] hazard overwritten_header();
[[nodiscard]] hazard unsynchronised_std_map();
[[nodiscard]] hazard pointer_freed_under_reader();
[[nodiscard]] hazard escaping_reference();
[[nodiscard]] hazard nil_true_window();
[[nodiscard]] hazard check_then_act();
[[nodiscard]] hazard shared_object_pollution();
[[nodiscard]] hazard recursive_read_lock();
[[nodiscard]] hazard callback_reentry();
[[nodiscard]] hazard false_sharing();
[[nodiscard]] hazard c_memory_freed_under_value();
[[nodiscard]] hazard c_memory_freed_under_key();
[[nodiscard]] hazard double_release();
[[nodiscard]] hazard leaked_share();
[[nodiscard]] hazard revived_share();
[[nodiscard]] hazard destructor_misses_copy();
[[nodiscard]] hazard stack_address_in_map();
[[nodiscard]] hazard loop_variable_address();
[[nodiscard]] hazard reference_after_erase();
[[nodiscard]] hazard hidden_pointer();
[[nodiscard]] hazard stale_handle();
[[nodiscard]] hazard arena_used_after_reset();

}  // namespace holdfast::inline v0::hazard
