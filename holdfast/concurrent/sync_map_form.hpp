// Which form a map's entries have: in the bucket where two words will do, as nodes otherwise, and where references need
// something that an entry is.
//
//   key and value a word each                        pair_form
//   value a word, written in place in its node       word_form
//   any other value; any at all, with references     node_form
//
// Texts as keys lie in their nodes (sync_map_text_node.hpp), other keys are objects there (sync_map_node.hpp).
#pragma once

#include <type_traits>

#include <holdfast/concurrent/sync_map_node_form.hpp>
#include <holdfast/concurrent/sync_map_pair_form.hpp>
#include <holdfast/concurrent/sync_map_text_node.hpp>
#include <holdfast/concurrent/sync_map_word_form.hpp>

namespace holdfast::inline v0::concurrent {

template <class Types>
using node_of = typename std::conditional_t<is_text_key<Types>, std::type_identity<text_node<Types>>,
                                            std::type_identity<sync_node<Types>>>::type;

template <class Types,
          bool = !Types::gives_references && fits_in_pair<typename Types::key_type, typename Types::mapped_type,
                                                          typename Types::hasher, typename Types::key_equal>>
struct form_of {
  using type = std::conditional_t<has_word_value<Types>, word_form<Types, node_of<Types>>,
                                  node_form<Types, node_of<Types>>>;
};
#if HOLDFAST_HAVE_ATOMIC_PAIR
template <class Types>
struct form_of<Types, true> {
  using type = pair_form<Types>;
};
#endif

template <class Types>
using sync_form = typename form_of<Types>::type;

}  // namespace holdfast::inline v0::concurrent
