// expect: values without operator== are compared by identity
#include <holdfast/concurrent/sync_cell.hpp>

struct object {};

// What Go finds out at run time: a value that cannot be compared.
bool swap(holdfast::sync_cell<object>& cell) { return cell.compare_exchange_equal(object{}, object{}); }
