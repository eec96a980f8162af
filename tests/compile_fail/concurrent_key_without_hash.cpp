// expect: a key needs a hash
#include <vector>

#include <holdfast/concurrent/sync_map.hpp>

// What Go finds out at run time: a key that cannot be hashed.
holdfast::sync_map<std::vector<int>, int> map;
