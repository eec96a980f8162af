// expect: (no matching (member )?function for call|constraint)
#include <memory>

#include <holdfast/concurrent/sharded_map.hpp>

// A copy cannot be had; pin and visit can.
auto load(holdfast::sharded_map<int, std::unique_ptr<int>>& map) { return map.load(1); }
