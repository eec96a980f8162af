// expect: (use of deleted function|call to implicitly-deleted copy constructor)
#include <holdfast/concurrent/locked_map.hpp>

// A map for many threads has one place; who wants its content takes a snapshot.
holdfast::locked_map<int, int> copy_of(const holdfast::locked_map<int, int>& map) { return map; }
