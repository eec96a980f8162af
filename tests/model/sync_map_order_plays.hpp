// Each order that sync_map asks for, and a play that fails without it.
#pragma once

#include <cstdint>
#include <string_view>

#include "tests/model/sync_map_count_plays.hpp"

namespace holdfast::tests {

struct order_play {
  std::string_view file;
  std::string_view function;
  const char* (*of_seed)(std::uint64_t seed, std::uint64_t steps, std::uint64_t* took);
  std::uint64_t steps;
  std::uint64_t seeds;  // some ten times as many as it takes to fail
};

// Where one function has several orders each of its plays is for one of them, at least.
constexpr order_play order_plays[] = {
    {"sync_map_reach.hpp", "known", &play_of<led_to_buckets>, 20, 200},
    {"sync_map_reach.hpp", "reach", &play_of<led_to_buckets>, 20, 200},
    {"sync_map_reach.hpp", "make_known", &play_of<led_to_buckets>, 20, 200},
    {"sync_map_find.hpp", "current", &play_of<first_entries<node_map>>, 80, 200},
    {"sync_map_find.hpp", "find", &play_of<told_by_absence_in_a_line<pair_map>>, 60, 500},
    {"sync_map_find.hpp", "find_further", &play_of<follow_of_a_chain<pair_map>>, 300, 500},
    {"sync_map_find.hpp", "find_in_all", &play_of<told_by_absence_after_split_of_a_line<pair_map>>, 80, 2000},
    {"sync_map_find.hpp", "find_in_all", &play_of<told_by_absence_in_a_chain<pair_map>>, 80, 1000},
    {"sync_map_bucket.hpp", "remove", &play_of<told_by_absence_in_a_chain<pair_map>>, 80, 1000},
    {"sync_map_lock.hpp", "try_lock", &play_of<chain<node_map>>, 170, 200},
    {"sync_map_lock.hpp", "unlock", &play_of<chain<node_map>>, 170, 200},
    {"sync_map_growth.hpp", "make_first_array", &play_of<first_entries<node_map>>, 80, 200},
    {"sync_map_growth.hpp", "follow", &play_of<follow_of_a_chain<pair_map>>, 300, 500},
    {"sync_map_split.hpp", "publish", &play_of<split_of_a_line<pair_map>>, 140, 2000},
    {"sync_map_split.hpp", "tidy_chain", &play_of<split_of_a_chain<pair_map>>, 200, 4000},
    {"sync_map_overflow.hpp", "put_in_overflow", &play_of<pushed_down<node_map>>, 80, 2000},
    {"sync_map_overflow.hpp", "unlink_line", &play_of<told_by_absence_before_the_end<pair_map>>, 50, 30'000},
    {"sync_map_node_line.hpp", "write", &play_of<one_bucket<node_map>>, 140, 500},
    {"sync_map_node_line.hpp", "put", &play_of<told_by_absence_in_a_line<node_map>>, 70, 2000},
    {"sync_map_node_line.hpp", "link", &play_of<long_chain<node_map>>, 150, 500},
    {"sync_map_node_slots.hpp", "look_at", &play_of<one_bucket<node_map>>, 140, 500},
    {"sync_map_node_slots.hpp", "for_each_node", &play_of<told_by_walk_of_a_line<node_map>>, 90, 500},
    {"sync_map_pair_form.hpp", "look", &play_of<split_of_a_chain<pair_map>>, 200, 10'000},
    {"sync_map_pair_form.hpp", "for_each_in", &play_of<told_by_walk_of_a_line<pair_map>>, 70, 500},
    {"sync_map_pair_form.hpp", "for_each_in", &play_of<walk_and_the_same_tag<pair_map>>, 90, 20'000},
    {"sync_map_pair_line.hpp", "read", &play_of<told_by_values<pair_map>>, 50, 5000},
    {"sync_map_pair_line.hpp", "read_at_sight", &play_of<told_by_values<pair_map>>, 50, 500},
    {"sync_map_pair_line.hpp", "write", &play_of<told_by_values<pair_map>>, 50, 500},
    {"sync_map_pair_line.hpp", "put", &play_of<told_by_absence_in_a_line<pair_map>>, 60, 500},
    {"sync_map_pair_line.hpp", "link", &play_of<chain<pair_map>>, 150, 200},
    {"sync_map_pair_line.hpp", "add_link", &play_of<chain<pair_map>>, 150, 200},
    {"sync_map_pair_line.hpp", "relink", &play_of<told_by_absence_of_a_chain<pair_map>>, 40, 500},
    {"sync_map_value.hpp", "word", &play_of<told_by_values<word_map>>, 60, 500},
    {"sync_map_value.hpp", "set", &play_of<told_by_values<word_map>>, 60, 500},
    {"sync_map_walk.hpp", "last_array", &play_of<walk<pair_map>>, 300, 200},
    {"sync_map_walk.hpp", "hold_all", &play_of<walk_of_a_chain<node_map>>, 200, 500},
    {"sync_map_whole.hpp", "empty_it", &play_of<told_by_clear<pair_map>>, 30, 200},
    {"sync_map_node.hpp", "watch", &play_of<shared_reference>, 40, 200},
    {"sync_map_node.hpp", "set_watch", &play_of<shared_reference>, 40, 200},
    {"sync_map_watch.hpp", "is_there", &play_of<told_by_reference<true>>, 60, 200},
    {"sync_map_watch.hpp", "why", &play_of<told_by_reference<true>>, 60, 1000},
    {"sync_map_watch.hpp", "leave", &play_of<told_by_reference<false>>, 30, 200},
    {"sync_map_watch.hpp", "end", &play_of<told_by_reference<false>>, 30, 200},
    {"sync_map_watch.hpp", "let_go", &play_of<watch_let_go>, 6, 20},
    {"sync_map_home.hpp", "is_in", &play_of<told_by_reference<true>>, 60, 200},
    {"sync_map_home.hpp", "let_go", &play_of<home_let_go>, 6, 20},
    {"block_owner.hpp", "drop_block", &play_of<allocator_let_go>, 6, 20},
};

}  // namespace holdfast::tests
