// expect: (no matching (member )?function for call|constraint)
#include <holdfast/concurrent/sync_map.hpp>

struct object {};

// What Go finds out at run time: a value that cannot be compared.
bool swap(holdfast::sync_map<int, object>& map) { return map.compare_exchange(1, object{}, object{}); }
