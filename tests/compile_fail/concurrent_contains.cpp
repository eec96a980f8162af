// expect: (use of deleted function|call to deleted member function).*contains
#include <holdfast/concurrent/sharded_map.hpp>

// What is here now may be gone when the answer is used.
bool main_is(const holdfast::sharded_map<int, int>& map) { return map.contains(1); }
